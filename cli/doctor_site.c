// What can be examined without asking anybody: files, their modes, the clock, the database, the disk.
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/timex.h>
#include <sysexits.h>
#include <unistd.h>

#include "cli/doctor.h"
#include "cli/writer.h"
#include "core/base/cleanup.h"
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/i18n.h"
#include "core/base/text.h"
#include "core/store/roster.h"
#include "core/store/store.h"

#define DOCTOR_DISK_FAIL (256LL * 1024 * 1024) // a study day's WAL and a checkpoint of it
#define DOCTOR_DISK_WARN (2LL * 1024 * 1024 * 1024)
#define DOCTOR_MODE_OTHERS 077
#define DOCTOR_MIB (1024 * 1024)
#define DOCTOR_EARLIEST_YEAR 2025 // the software is younger: a clock before it was never set

void doctor_configuration(Doctor *doctor)
{
    const ConfigSite *config = doctor->config;
    struct stat status;

    if (stat(config->path, &status) == 0 && (status.st_mode & 002))
        doctor_say(doctor, "configuration", DOCTOR_FAIL, EX_CONFIG, _("%s: anybody can write to it"),
                   config->path);
    else
        doctor_say(doctor, "configuration", DOCTOR_OK, 0, "%s", config->path);
}

void doctor_clock(Doctor *doctor)
{
    char shown[CLOCK_TEXT_SIZE];
    struct timex timex = {0};
    Time now = clock_now();
    int year, month, day;

    time_format_zone(now - now % TIME_SECOND, shown);
    date_to_civil(zone_date(now), &year, &month, &day);
    if (year < DOCTOR_EARLIEST_YEAR)
        doctor_say(doctor, "clock", DOCTOR_FAIL, EX_CONFIG, _("%s: the clock is not set"), shown);
    else if (adjtimex(&timex) == TIME_ERROR)
        doctor_say(doctor, "clock", DOCTOR_WARN, 0, _("%s (%s); the system does not keep it by NTP"), shown,
                   doctor->config->zone);
    else
        doctor_say(doctor, "clock", DOCTOR_OK, 0, "%s (%s)", shown, doctor->config->zone);
}

// True if there was something to say.
static bool doctor_secret(Doctor *doctor, const char *path, bool secret)
{
    struct stat status;

    if (!*path)
        return false;
    if (stat(path, &status) < 0)
        doctor_say(doctor, "secrets", DOCTOR_FAIL, EX_CONFIG, "%s: %s", path, strerror(errno));
    else if (secret && (status.st_mode & DOCTOR_MODE_OTHERS))
        doctor_say(doctor, "secrets", DOCTOR_FAIL, EX_CONFIG,
                   _("%s: others can read it (mode %04o); `chmod 600` it and make a new one"), path,
                   (unsigned)(status.st_mode & 07777));
    else
        return false;
    return true;
}

static int doctor_keys(Doctor *doctor, int *ret_said)
{
    CLEANUP(cleanup_free) char *folder = file_beside(doctor->config->path, "keys");
    DIR *keys = opendir(folder);
    struct dirent *entry;
    int count = 0;

    while (keys && (entry = readdir(keys))) {
        CLEANUP(cleanup_text) Text path = {0};

        if (entry->d_name[0] == '.')
            continue;
        text_appendf(&path, "%s/%s", folder, entry->d_name);
        *ret_said += doctor_secret(doctor, text_cstr(&path), true);
        count++;
    }
    if (keys)
        closedir(keys);
    return count;
}

void doctor_secrets(Doctor *doctor)
{
    const ConfigBroker *broker = &doctor->config->broker;
    int said = 0, count;

    said += doctor_secret(doctor, broker->password_file, true);
    said += doctor_secret(doctor, broker->key_file, true);
    said += doctor_secret(doctor, broker->cert_file, false);
    said += doctor_secret(doctor, broker->ca_file, false);
    count = doctor_keys(doctor, &said);
    if (!said)
        doctor_say(doctor, "secrets", DOCTOR_OK, 0, _("nobody else can read them; keys of terminals: %d"),
                   count);
}

static void doctor_database_mode(Doctor *doctor)
{
    struct stat status;

    if (stat(doctor->config->database, &status) < 0)
        return;
    if (status.st_mode & 007)
        doctor_say(doctor, "database-mode", DOCTOR_FAIL, EX_CONFIG,
                   _("%s: everybody can read it (mode %04o)"), doctor->config->database,
                   (unsigned)(status.st_mode & 07777));
    else if (status.st_mode & 020)
        doctor_say(doctor, "database-mode", DOCTOR_WARN, 0, _("%s: its group can write to it (mode %04o)"),
                   doctor->config->database, (unsigned)(status.st_mode & 07777));
    else
        doctor_say(doctor, "database-mode", DOCTOR_OK, 0, "%04o", (unsigned)(status.st_mode & 07777));
}

static void doctor_contents(Doctor *doctor, Store *store, const StoreIdentity *identity,
                            const StoreCounts *counts)
{
    bool due = false;

    doctor->terminal_count = counts->terminals;
    doctor_say(doctor, "database", DOCTOR_OK, 0,
               _("%s, generation %" PRId64 "; %" PRId64 " events, %" PRId64 " members, %" PRId64 " MiB"),
               identity->store, identity->generation, counts->events, counts->members,
               counts->file_bytes / DOCTOR_MIB);
    doctor_say(doctor, "quarantine", counts->quarantined ? DOCTOR_WARN : DOCTOR_OK, 0,
               counts->quarantined ? _("%" PRId64 " entries wait; see `studyday quarantine list`")
                                   : _("%" PRId64 " entries"),
               counts->quarantined);
    doctor_say(doctor, "parked", counts->parked ? DOCTOR_WARN : DOCTOR_OK, 0,
               counts->parked ? _("%" PRId64 " events name a member, card or session that is not known yet")
                              : _("%" PRId64 " events"),
               counts->parked);
    if (roster_is_due(store, clock_now(), &due) == 0)
        doctor_say(doctor, "sessions", due ? DOCTOR_WARN : DOCTOR_OK, 0, "%s",
                   due ? _("some have begun and are not opened: the collector does it, or the next report")
                       : _("all that have begun are opened"));
}

void doctor_database(Doctor *doctor)
{
    CLEANUP(cleanup_store) Store *store = NULL;
    CLEANUP(cleanup_text) Text why = {0};
    StoreIdentity identity;
    StoreCounts counts;
    int code, r = store_open(doctor->config->database, STORE_READ, &store);

    if (r == 0)
        r = store_identity(store, &identity);
    if (r == 0)
        r = store_counts(store, &counts);
    if (r == 0) {
        doctor_contents(doctor, store, &identity, &counts);
    } else {
        code = writer_explain(doctor->config, r, &why);
        while (why.size && why.data[why.size - 1] == '\n')
            why.data[--why.size] = '\0';
        doctor_say(doctor, "database", DOCTOR_FAIL, code, "%s", text_cstr(&why));
    }
    doctor_database_mode(doctor);
}

void doctor_disk(Doctor *doctor)
{
    CLEANUP(cleanup_free) char *folder = file_beside(doctor->config->database, ".");
    struct statvfs disk;
    struct stat status;
    long long available, size = 0;

    if (statvfs(folder, &disk) < 0) {
        doctor_say(doctor, "disk", DOCTOR_FAIL, EX_IOERR, "%s: %s", folder, strerror(errno));
        return;
    }
    if (stat(doctor->config->database, &status) == 0)
        size = status.st_size;
    available = (long long)disk.f_bavail * (long long)disk.f_frsize;
    if (disk.f_flag & ST_RDONLY)
        doctor_say(doctor, "disk", DOCTOR_FAIL, EX_IOERR, "%s: %s", folder, strerror(EROFS));
    else if (available < DOCTOR_DISK_FAIL)
        doctor_say(doctor, "disk", DOCTOR_FAIL, EX_IOERR, _("only %lld MiB are free"),
                   available / DOCTOR_MIB);
    else if (available < DOCTOR_DISK_WARN || available < size)
        doctor_say(doctor, "disk", DOCTOR_WARN, 0, _("%lld MiB are free: not enough for growth and a backup"),
                   available / DOCTOR_MIB);
    else
        doctor_say(doctor, "disk", DOCTOR_OK, 0, _("%lld MiB are free"), available / DOCTOR_MIB);
}
