// The tones. tests/reports/test_chart.c holds their contrast: 4.5:1 for text, 3:1 for what is drawn.
#include "reports/look.h"

const LookTone look_tones[LOOK_COLOUR_COUNT] = {
    [LOOK_INK] = {"ink", 0x1d2730, 0xe7ebef},       [LOOK_MUTED] = {"muted", 0x57636f, 0x9dabb8},
    [LOOK_RULE] = {"rule", 0xd3dae0, 0x36404a},     [LOOK_PANEL] = {"panel", 0xf2f5f7, 0x1f262d},
    [LOOK_GROUND] = {"ground", 0xffffff, 0x14191e}, [LOOK_FIRST] = {"first", 0x0072b2, 0x56b4e9},
    [LOOK_SECOND] = {"second", 0xc2500a, 0xe69f00}, [LOOK_LIGHT] = {"light", 0xfdebd8, 0x4a3512},
};
