#pragma once
// The style sheet and the script of a page, from page.css and page.js beside this file (embed.py).
extern const char page_style[];
extern const char page_script[];
