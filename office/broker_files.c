// Who writes it: whichever process has just committed a change of the register, which is the one writer (C7).
// It is written whole and renamed, so mosquitto never reads half of it; what failed to be written is tried
// again by the next change, and when the collector starts.
//
// mosquitto must be able to read it. In a folder with the set-group-ID bit the file belongs to the folder's
// group, which may read it; elsewhere to its owner alone, and root keeps the owner that it had.
//
// On SIGHUP mosquitto 2.0 reads the file again and cuts the lines of connected clients whose credential no
// longer fits. Whoever has no right to send that signal leaves it to a path unit that watches the file.
#include "office/broker_files.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/cleanup.h"
#include "core/base/credential.h"
#include "core/base/error.h"
#include "core/base/file.h"
#include "core/base/log.h"
#include "core/model/code.h"
#include "core/store/roster.h"

#define BROKER_FILES_MAX (4 * 1024 * 1024) // 20,000 lines of 200 bytes
#define BROKER_FILES_PID_MAX 32            // digits of a process id, and a line's end
#define BROKER_FILES_MODE 0600
#define BROKER_FILES_MODE_GROUP 0640

typedef struct BrokerLine {
    const char *at;
    size_t size, name_size;
} BrokerLine;

// The next line, without its end. `at` moves on; false at the end.
static bool broker_files_next(const char **at, BrokerLine *ret_line)
{
    const char *end;

    if (!**at)
        return false;
    end = strchrnul(*at, '\n');
    *ret_line = (BrokerLine){.at = *at, .size = (size_t)(end - *at)};
    ret_line->name_size = strcspn(*at, ":\n");
    *at = *end ? end + 1 : end;
    return true;
}

void broker_files_put(Text *passwords, const char *user, const char *hash)
{
    Text changed = {0};
    const char *at = text_cstr(passwords);

    for (BrokerLine line; broker_files_next(&at, &line);) {
        if (line.size && (line.name_size != strlen(user) || memcmp(line.at, user, line.name_size) != 0)) {
            text_append_bytes(&changed, line.at, line.size);
            text_append_char(&changed, '\n');
        }
    }
    text_appendf(&changed, "%s:%s\n", user, hash);
    text_deinit(passwords);
    *passwords = changed;
}

// What becomes of a line that is there: terminals with a credential get theirs in the second pass.
static int broker_files_keep(Store *store, const BrokerLine *line, Text *merged)
{
    char name[NAME_SIZE_MAX + 1];
    StoreTerminal terminal;

    if (line->size && name_valid_terminal(line->at, line->name_size)) {
        memcpy(name, line->at, line->name_size);
        name[line->name_size] = '\0';
        int r = terminal_find(store, name, &terminal);
        if (r < 0)
            return error_trace(r);
        if (r == 0 && (terminal.revoked || *terminal.login))
            return 0;
    }
    if (line->size) {
        text_append_bytes(merged, line->at, line->size);
        text_append_char(merged, '\n');
    }
    return 0;
}

static int broker_files_add(void *user, const StoreTerminal *terminal)
{
    if (*terminal->login && !terminal->revoked)
        text_appendf(user, "%s:%s\n", terminal->name, terminal->login);
    return 0;
}

int broker_files_merge(Store *store, const char *passwords, Text *merged)
{
    for (BrokerLine line; broker_files_next(&passwords, &line);) {
        int r = broker_files_keep(store, &line, merged);
        if (r < 0)
            return error_trace(r);
    }
    return error_trace(terminal_each(store, broker_files_add, merged));
}

static int broker_files_replace(const char *path, const Text *text)
{
    CLEANUP(cleanup_free) char *folder = file_beside(path, ".");
    struct stat in, was;
    bool there = lstat(path, &was) == 0;
    mode_t mode = BROKER_FILES_MODE;
    int r;

    if (stat(folder, &in) < 0)
        return error_origin(-errno);
    if (in.st_mode & S_ISGID)
        mode = BROKER_FILES_MODE_GROUP;
    r = file_write_atomic(path, text_cstr(text), text->size, mode, true);
    if (r == 0 && there && geteuid() == 0 && chown(path, was.st_uid, was.st_gid) < 0)
        return error_origin(-errno);
    return error_trace(r);
}

int broker_files_write(Store *store, const char *path, bool *ret_changed)
{
    CLEANUP(cleanup_text) Text there = {0};
    CLEANUP(cleanup_text) Text merged = {0};
    int r = file_read(path, BROKER_FILES_MAX, &there);
    bool changed;

    if (r == FILE_E_TOO_LARGE)
        return error_origin(-EFBIG);
    if (r < 0)
        return error_trace(r);
    int merge = broker_files_merge(store, text_cstr(&there), &merged);
    if (merge < 0)
        return error_trace(merge);
    changed = r == FILE_E_MISSING || !text_equal(text_cstr(&there), text_cstr(&merged));
    if (changed) {
        r = broker_files_replace(path, &merged);
        if (r < 0)
            return error_trace(r);
    }
    if (ret_changed)
        *ret_changed = changed;
    return 0;
}

int broker_files_set(const char *path, const char *user, const char *credential)
{
    CLEANUP(cleanup_text) Text text = {0};
    char hash[CREDENTIAL_HASH_SIZE];
    const char *at;
    int r = file_read(path, BROKER_FILES_MAX, &text);

    if (r < 0 || r == FILE_E_TOO_LARGE)
        return r < 0 ? error_trace(r) : error_origin(-EFBIG);
    at = text_cstr(&text);
    for (BrokerLine line; broker_files_next(&at, &line);) {
        if (line.name_size != strlen(user) || memcmp(line.at, user, line.name_size) != 0 ||
            line.size < line.name_size + 1 || line.size - line.name_size - 1 >= sizeof(hash))
            continue;
        memcpy(hash, line.at + line.name_size + 1, line.size - line.name_size - 1);
        hash[line.size - line.name_size - 1] = '\0';
        if (credential_matches(hash, credential))
            return 0;
    }
    credential_hash(credential, hash);
    broker_files_put(&text, user, hash);
    return error_trace(broker_files_replace(path, &text));
}

static bool broker_files_tell(const char *path)
{
    CLEANUP(cleanup_text) Text text = {0};
    long long pid;

    if (file_read(path, BROKER_FILES_PID_MAX, &text) != 0)
        return false;
    if (text.size && text.data[text.size - 1] == '\n')
        text.data[--text.size] = '\0';
    // Nobody's group and not the first process: a broken file must not reach them.
    return text_parse_int64(text_cstr(&text), 2, INT32_MAX, &pid) && kill((pid_t)pid, SIGHUP) == 0;
}

int broker_files_update(Store *store, const ConfigSite *config)
{
    Text path = {0};
    bool changed = false;
    int r;

    if (!config || !config->broker_folder || !*config->broker_folder)
        return 0;
    text_appendf(&path, "%s/%s", config->broker_folder, BROKER_FILES_PASSWORDS);
    r = broker_files_write(store, text_cstr(&path), &changed);
    if (r < 0)
        log_error("broker-files", "file=%s reason=\"%s\"", text_cstr(&path), strerror(-r));
    else if (changed && *config->broker_pid_file && !broker_files_tell(config->broker_pid_file)) {
        log_error("broker-files", "pid-file=%s reason=\"the broker could not be told\"",
                  config->broker_pid_file);
        r = BROKER_FILES_E_NOT_TOLD;
    }
    text_deinit(&path);
    return r;
}
