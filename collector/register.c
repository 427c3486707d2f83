// A hash table by name in front of the store's register. Only terminals that the store knows get an entry, so
// its size is bounded by the register and not by what is sent; an unknown name costs a look-up each time,
// which is the sender's quarantined message and not the common case.
//
// Invariant: at most half of the slots are taken; entries never move.
#include "collector/register.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/error.h"
#include "core/model/code.h"
#include "core/model/event.h"

#define REGISTER_SIZE_MIN 64

static size_t register_hash(const char *name)
{
    uint64_t hash = UINT64_C(14695981039346656037); // FNV-1a: short keys from our own register, no adversary

    for (; *name; name++)
        hash = (hash ^ (unsigned char)*name) * UINT64_C(1099511628211);
    return (size_t)(hash ^ hash >> 32);
}

static size_t register_slot(const Register *terminals, const char *name)
{
    size_t slot = register_hash(name) & (terminals->size - 1);

    while (terminals->slots[slot] && strcmp(terminals->slots[slot]->terminal.name, name) != 0)
        slot = (slot + 1) & (terminals->size - 1);
    return slot;
}

static void register_grow(Register *terminals)
{
    Register grown = {.size = terminals->size ? terminals->size * 2 : REGISTER_SIZE_MIN};

    grown.slots = alloc_zero(grown.size * sizeof(*grown.slots));
    for (size_t i = 0; i < terminals->size; i++) {
        if (terminals->slots[i])
            grown.slots[register_slot(&grown, terminals->slots[i]->terminal.name)] = terminals->slots[i];
    }
    free(terminals->slots);
    terminals->slots = grown.slots;
    terminals->size = grown.size;
}

static RegisterEntry *register_add(Register *terminals, const StoreTerminal *terminal)
{
    RegisterEntry *entry = alloc_zero(sizeof(*entry));

    *entry = (RegisterEntry){
        .terminal = *terminal, .stream = -1, .last_seen = TIME_NONE, .chain_error = EVENT_NUMBER_NONE};
    if (2 * (terminals->count + 1) > terminals->size)
        register_grow(terminals);
    terminals->slots[register_slot(terminals, terminal->name)] = entry;
    terminals->count++;
    return entry;
}

int register_get(Register *terminals, Store *store, const char *name, RegisterEntry **ret_entry)
{
    RegisterEntry *entry = terminals->size ? terminals->slots[register_slot(terminals, name)] : NULL;
    StoreTerminal terminal;
    int r;

    if (entry && entry->age == terminals->age) {
        *ret_entry = entry;
        return 0;
    }
    if (strcmp(name, NAME_OFFICE) == 0)
        return REGISTER_E_UNKNOWN;
    r = terminal_find(store, name, &terminal);
    if (r < 0)
        return error_trace(r);
    if (r > 0)
        return REGISTER_E_UNKNOWN;
    if (!entry)
        entry = register_add(terminals, &terminal);
    entry->terminal = terminal;
    entry->age = terminals->age;
    *ret_entry = entry;
    return 0;
}

const uint8_t *register_key(const RegisterEntry *entry, Time now)
{
    const StoreTerminal *terminal = &entry->terminal;

    if (!terminal->has_key)
        return NULL;
    return terminal->has_old_key && now < terminal->old_key_until ? terminal->old_key : terminal->key;
}

void register_invalidate(Register *terminals)
{
    terminals->age++;
}

void register_deinit(Register *terminals)
{
    for (size_t i = 0; i < terminals->size; i++) {
        if (terminals->slots[i])
            digest_wipe(&terminals->slots[i]->terminal, sizeof(terminals->slots[i]->terminal));
        free(terminals->slots[i]);
    }
    free(terminals->slots);
    *terminals = (Register){0};
}

RegisterEntry *register_next(const Register *terminals, size_t *index)
{
    while (*index < terminals->size) {
        RegisterEntry *entry = terminals->slots[(*index)++];
        if (entry)
            return entry;
    }
    return NULL;
}
