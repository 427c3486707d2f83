// studyday-collector: MQTT in, database out, receipts back. Parse, load, open, run, close.
#include <stdio.h>

#include "collector/collector.h"
#include "collector/policy.h"
#include "core/base/i18n.h"
#include "core/base/options.h"
#include "core/base/program.h"

static const char main_program[] = "studyday-collector";

static bool main_set_up(const Options *options)
{
    const char *name = options_get(options, "log-level");
    LogLevel level;

    if (options_has(options, "lang"))
        i18n_init(options_get(options, "lang"));
    if (!name)
        return true;
    if (!log_level_parse(name, &level)) {
        fprintf(stderr, _("%s: log level %s: one of error, warning, info, debug\n"), main_program, name);
        return false;
    }
    log_set_level(level);
    return true;
}

static int main_serve(ConfigSite *config)
{
    Collector collector;
    int code = collector_open(&collector, config);

    if (code == EX_OK)
        code = collector_run(&collector);
    collector_close(&collector);
    return code;
}

static int main_run(const Options *options)
{
    ConfigSite *config;

    if (options_has(options, "help"))
        return program_print_help("studyday-collector [OPTION]...",
                                  N_("Takes the events of terminals from the broker and stores them."), NULL);
    if (options_has(options, "version"))
        return program_print_version(main_program);
    if (options->operand_count > 0) {
        fprintf(stderr, _("%s: takes no operands, but was given %s\n"), main_program, options->operands[0]);
        return EX_USAGE;
    }
    if (config_site_load(options_get(options, "config"), &config) != 0)
        return EX_CONFIG;
    if (!policy_areas_fit(config->areas)) {
        fprintf(stderr, _("%s: [collector].areas: more than %d\n"), config->path, COLLECTOR_AREAS_MAX);
        config_site_free(config);
        return EX_CONFIG;
    }
    if (!options_has(options, "check-config"))
        return main_serve(config);
    config_site_free(config);
    return EX_OK;
}

int main(int argc, char **argv)
{
    CLEANUP(cleanup_text) Text problem = {0};
    Options options;

    program_init(main_program);
    if (!options_parse(program_common_options, argc, argv, &options, &problem)) {
        fprintf(stderr, "%s: %s\n", main_program, text_cstr(&problem));
        return EX_USAGE;
    }
    return main_set_up(&options) ? main_run(&options) : EX_USAGE;
}
