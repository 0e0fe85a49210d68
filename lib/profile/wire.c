#include "profile/wire.h"

enum { NUMBER, EIGHT_BYTES, BYTES, GROUP_START, GROUP_END, FOUR_BYTES };

static bool take_bytes(struct wire *message, uint64_t len, struct wire *bytes)
{
    if (len > (uint64_t)(message->end - message->at)) {
        message->is_damaged = true;
        return false;
    }
    *bytes = (struct wire){.at = message->at, .end = message->at + len};
    message->at += len;
    return true;
}

bool wire_next(struct wire *message, struct wire_field *field)
{
    uint64_t len;

    if (!wire_packed(message, &field->key))
        return false;
    switch (field->key & 7) {
    case NUMBER:
        return wire_varint(message, &field->number);
    case BYTES:
        return wire_varint(message, &len) && take_bytes(message, len, &field->bytes);
    case EIGHT_BYTES:
        return take_bytes(message, 8, &field->bytes);
    case FOUR_BYTES:
        return take_bytes(message, 4, &field->bytes);
    default:
        message->is_damaged = true;
        return false;
    }
}
