// Where the module lies: beside the build for a program that runs from it, else where it was installed.
// Nowhere else, and no variable changes that: what is loaded here runs with the rights of whoever asked for a
// report.
#include "reports/pdf/canvas.h"

#include <dlfcn.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "build-config.h"

static bool in_build(void)
{
    char self[PATH_MAX];
    size_t root = strlen(STUDYDAY_BUILD_MODULE) - strlen(STUDYDAY_MODULE_IN_BUILD);
    ssize_t size = readlink("/proc/self/exe", self, sizeof(self));

    return size > 0 && (size_t)size > root && memcmp(self, STUDYDAY_BUILD_MODULE, root) == 0;
}

const CanvasApi *canvas_load(void)
{
    static const CanvasApi *api;

    if (api)
        return api;
    void *module = dlopen(in_build() ? STUDYDAY_BUILD_MODULE : STUDYDAY_MODULE, RTLD_NOW | RTLD_LOCAL);
    if (!module)
        return NULL;
    const CanvasApi *found = dlsym(module, CANVAS_SYMBOL);
    api = found && found->version == CANVAS_VERSION ? found : NULL;
    return api;
}
