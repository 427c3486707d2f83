#pragma once
// The one door by which text from outside gets into a page.
#include "core/base/text.h"
#include "reports/chart.h"

/// Text for an element or an attribute in double quotes: controls and bidi controls as \xNN, then escaped.
void html_append_text(Text *text, const char *string);
/// A chart as an <svg> element without styles of its own.
void html_append_chart(Text *text, const Chart *chart);
/// 'sha256-…' of `content`, as a Content-Security-Policy names what it allows.
void html_append_digest(Text *text, const char *content);
