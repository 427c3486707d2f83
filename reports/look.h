#pragma once
// How reports look, said once for all forms: a few colours that readers with any kind of colour vision tell
// apart (blue and orange of Okabe and Ito's palette, and grey), each with its value on paper and on a dark
// screen.
#include <stdint.h>

typedef enum LookColour {
    LOOK_INK,    // text
    LOOK_MUTED,  // what is said by the way; text of at least 4.5:1 on LOOK_GROUND
    LOOK_RULE,   // lines between things
    LOOK_PANEL,  // what lies under bars and headings
    LOOK_GROUND, // the page
    LOOK_FIRST,  // the first figure of a chart
    LOOK_SECOND, // the second, and what wants attention
    LOOK_LIGHT,  // behind a cell that wants attention; ink is read on it
    LOOK_COLOUR_COUNT
} LookColour;

typedef struct LookTone {
    const char *name;         // in style sheets
    uint32_t paper, darkness; // 0xRRGGBB
} LookTone;

extern const LookTone look_tones[LOOK_COLOUR_COUNT];

// Written on A4, in points.
#define LOOK_PAPER_WIDTH 595.28
#define LOOK_PAPER_HEIGHT 841.89
