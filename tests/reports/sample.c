#include "tests/reports/sample.h"

#include <stdio.h>
#include <stdlib.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static const ReportColumn org_columns[] = {
    {"org", "Code", REPORT_TEXT, REPORT_EVERYWHERE | REPORT_TREE},
    {"name", "Organisation", REPORT_TEXT, REPORT_EVERYWHERE | REPORT_CUT},
    {"expected", "Expected", REPORT_COUNT, REPORT_EVERYWHERE},
    {"guests", "Guests from elsewhere", REPORT_COUNT, REPORT_EVERYWHERE | REPORT_IF_ROOM},
    {"rate_permille", "Centralised participation rate", REPORT_PERMILLE, REPORT_EVERYWHERE | REPORT_BAR},
    {"low_permille", "At least", REPORT_PERMILLE, REPORT_SPREAD},
    {NULL, "Points covered", REPORT_FRACTION, REPORT_IN_TEXT},
};

static void org_row(Report *report, int depth, const char *code, const char *name, int64_t expected,
                    int64_t rate, ReportFraction points)
{
    ReportCell *cells = report_row(report, depth);
    cells[0] = report_text(code);
    cells[1] = report_text(name);
    cells[2] = report_number(expected);
    cells[3] = report_number(expected / 100);
    cells[4] = report_number(rate);
    cells[5] = report_number(rate);
    cells[6] = (ReportCell){.fraction = points};
}

Report *sample_orgs(void)
{
    Report *report =
        report_new("month", "Participation in 2026-11: 廊坊市", "rows", org_columns, COUNT_OF(org_columns));
    report_head_text(report, "report", "month");
    report_head_text(report, "month", "2026-11");
    report_head_text(report, "org", "LF");
    report_head_standing(report, 0, REPORT_PROVISIONAL);
    report_note(report, REPORT_NOTE_ABOUT, "State: %s.", "provisional");
    org_row(report, 0, "LF", "廊坊市", 1410, 856, (ReportFraction){5, 6});
    org_row(report, 1, "LF-GY", "固安县龘龘镇·第一党支部", 410, 1000, (ReportFraction){5, 5});
    org_row(report, 2, "LF-GY-03", "Branch 3", 9, 5, (ReportFraction){0, 1});
    org_row(report, 1, "LF-XH", "𠮷㐂", 0, REPORT_NULL, (ReportFraction){0, 0});
    report_note(report, REPORT_NOTE_COMPLETENESS, "Points covered: %d of %d.", 5, 6);
    report_note(report, REPORT_NOTE_DEFINITION,
                "Centralised participation rate = attended on site / expected.");
    return report;
}

static const ReportColumn type_columns[] = {
    {"text", "Text", REPORT_TEXT, REPORT_EVERYWHERE},
    {"word", "Word", REPORT_WORD, REPORT_EVERYWHERE},
    {"count", "Count", REPORT_COUNT, REPORT_EVERYWHERE},
    {"permille", "Rate", REPORT_PERMILLE, REPORT_EVERYWHERE},
    {"minutes", "Hours", REPORT_MINUTES, REPORT_EVERYWHERE},
    {"tenths", "Average", REPORT_TENTHS, REPORT_EVERYWHERE},
    {"fraction", "Fraction", REPORT_FRACTION, REPORT_EVERYWHERE},
    {"date", "Date", REPORT_DATE, REPORT_EVERYWHERE},
    {"time", "Time", REPORT_TIME, REPORT_EVERYWHERE},
    {"words", "Words", REPORT_WORDS, REPORT_EVERYWHERE},
};

Report *sample_types(void)
{
    Report *report = report_new("types", "Types", "rows", type_columns, COUNT_OF(type_columns));
    ReportCell *cells = report_row(report, 0);
    cells[0] = report_text("name");
    cells[1].word = (ReportWord){"left-early", "left early"};
    cells[2] = report_number(-7);
    cells[3] = report_number(5);
    cells[4] = report_number(95);
    cells[5] = report_number(123);
    cells[6] = (ReportCell){.fraction = {3, 10}};
    cells[7] = report_number(date_from_civil(2026, 11, 5));
    cells[8] = report_number((Time)date_from_civil(2026, 11, 5) * TIME_DAY + TIME_HOUR);
    cells[9] = report_text("no-in no-out");
    report_row(report, 0);
    cells = report_row(report, 0);
    cells[0] = report_text("");
    cells[9] = report_text("");
    return report;
}

static const ReportColumn hostile_columns[] = {
    {"name", "=Name", REPORT_TEXT, REPORT_EVERYWHERE},
    {"count", "Count", REPORT_COUNT, REPORT_EVERYWHERE},
};

Report *sample_hostile(void)
{
    static const char *const names[] = {
        "=HYPERLINK(\"http://x\",\"y\")",
        "+1",
        "-1",
        "@SUM(A1)",
        "\tTAB",
        "\rCR",
        "a,b",
        "say \"hi\"",
        "line\nfeed",
        "<script>alert(1)</script>",
        "o'clock",
        "'quoted",
        "\x1b[31mred",
        "\xE2\x80\xAEright-to-left",
        "back\\slash",
        "艾尼瓦尔·买买提",
        "㐂龘𠮷䶮",
        "</script><img src=x onerror=alert(1)>",
        "_x000D_",
    };
    Report *report = report_new("hostile", "=Title", "rows", hostile_columns, COUNT_OF(hostile_columns));
    report_head_text(report, "org", "=1+1\"\\");
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        ReportCell *cells = report_row(report, 0);
        cells[0] = report_text(names[i]);
        cells[1] = report_number(-(int64_t)i);
    }
    report_note(report, REPORT_NOTE_DEFINITION, "%s", "=note");
    return report;
}

#define SAMPLE_LONG_TEXTS 4 // columns, the first ones
static const ReportColumn long_columns[] = {
    {"member", "Member", REPORT_TEXT, REPORT_EVERYWHERE},
    {"name", "Name", REPORT_TEXT, REPORT_EVERYWHERE},
    {"org", "Code", REPORT_TEXT, REPORT_EVERYWHERE},
    {"branch", "Organisation", REPORT_TEXT, REPORT_EVERYWHERE},
    {"attended", "Attended", REPORT_COUNT, REPORT_EVERYWHERE},
    {"minutes", "Hours", REPORT_MINUTES, REPORT_EVERYWHERE},
    {"rate_permille", "Rate", REPORT_PERMILLE, REPORT_EVERYWHERE | REPORT_BAR},
    {"last", "Last seen", REPORT_DATE, REPORT_EVERYWHERE},
};

static void fill_long(ReportCell *cells, int i)
{
    static const char *const names[] = {"王芳", "李强", "艾尼瓦尔·买买提", "张伟", "欧阳娜娜"};
    char text[64];

    snprintf(text, sizeof(text), "13100200%07d", (int)(i * 37L % 9999991));
    cells[0] = report_text(text);
    cells[1] = report_text(names[i % (int)COUNT_OF(names)]);
    snprintf(text, sizeof(text), "LF-GY-%04d", i / 40);
    cells[2] = report_text(text);
    snprintf(text, sizeof(text), "固安县第%d党支部", i / 40);
    cells[3] = report_text(text);
    cells[4] = report_number(i % 25);
    cells[5] = report_number(i % 25 * 90);
    cells[6] = report_number(i % 25 * 40);
    cells[7] = report_number(date_from_civil(2026, 1, 1) + i % 300);
}

Report *sample_long(int rows)
{
    Report *report = report_new("long", "Members", "rows", long_columns, COUNT_OF(long_columns));

    for (int i = 0; i < rows; i++)
        fill_long(report_row(report, 0), i);
    return report;
}

static int each_long(void *from, const Report *report, ReportSee *see, void *user)
{
    int r = 0;
    (void)report;

    for (int i = 0; i < *(const int *)from && r == 0; i++) {
        ReportCell cells[COUNT_OF(long_columns)];
        fill_long(cells, i);
        r = see(user, &(ReportRow){.cells = cells});
        for (size_t k = 0; k < SAMPLE_LONG_TEXTS; k++)
            free(cells[k].text);
    }
    return r;
}

Report *sample_sourced(const int *rows)
{
    Report *report = report_new("long", "Members", "rows", long_columns, COUNT_OF(long_columns));

    report->source = (ReportSource){each_long, (void *)rows};
    return report;
}
