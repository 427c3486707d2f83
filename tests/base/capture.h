#pragma once
// What a call writes to a descriptor, as a string.
#include <sys/types.h>

typedef struct Capture {
    int fd;    // the descriptor that is captured
    int saved; // where it led
    int sink;
} Capture;

void capture_init(Capture *capture, int fd);
/// Puts the descriptor back; the caller frees the text.
char *capture_deinit(Capture *capture);
/// A new folder under $TMPDIR or /tmp; the caller frees the path and removes it with capture_folder_remove().
char *capture_folder_make(void);
void capture_folder_remove(char *path);
/// Runs `function` in a child and gives its wait status; its stderr goes nowhere.
int capture_child(void (*function)(void));
