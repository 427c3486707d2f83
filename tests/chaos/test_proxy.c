#include "tests/chaos/proxy.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/cleanup.h"
#include "tests/support/fake_codec.h"
#include "tests/support/support.h"

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
#define QUIET (100 * TIME_SECOND / 1000) // so long nothing comes that should not
#define PATIENCE (10 * TIME_SECOND)      // only a failing test waits it out

// A client and a broker, both bare sockets, and the proxy between them.
typedef struct Rig {
    Proxy *proxy;
    int listener, client, broker;
    Text got[LINE_ENDS]; // what each end has read
    bool over[LINE_ENDS], reset[LINE_ENDS];
} Rig;

static int rig_fd(const Rig *rig, int end)
{
    return end == LINE_CLIENT ? rig->client : rig->broker;
}

static void rig_read(Rig *rig, int end)
{
    char buffer[65536];
    ssize_t got;

    if (rig_fd(rig, end) < 0 || rig->over[end])
        return;
    got = recv(rig_fd(rig, end), buffer, sizeof(buffer), MSG_DONTWAIT);
    if (got > 0) {
        text_append_bytes(&rig->got[end], buffer, (size_t)got);
    } else if (got == 0 || errno != EAGAIN) {
        rig->over[end] = true;
        rig->reset[end] = got < 0;
    }
}

static void rig_turn(Rig *rig)
{
    proxy_turn(rig->proxy, -1, 1);
    if (rig->broker < 0)
        rig->broker = accept4(rig->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    for (int end = 0; end < LINE_ENDS; end++)
        rig_read(rig, end);
}

/// Turns until `end` has read `size` bytes or is over.
static void rig_await(Rig *rig, int end, size_t size)
{
    Time limit = clock_monotonic() + PATIENCE;

    while (rig->got[end].size < size && !rig->over[end] && clock_monotonic() < limit)
        rig_turn(rig);
}

static void rig_await_over(Rig *rig, int end)
{
    rig_await(rig, end, SIZE_MAX);
    assert_true(rig->over[end]);
}

static void rig_rest(Rig *rig, Time lasts)
{
    for (Time limit = clock_monotonic() + lasts; clock_monotonic() < limit;)
        rig_turn(rig);
}

static void rig_connect(Rig *rig)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
        .sin_port = htons((uint16_t)rig->proxy->doors[0].port),
    };

    rig->client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(connect(rig->client, (struct sockaddr *)&address, sizeof(address)), 0);
}

static void rig_say(Rig *rig, int end, const Text *bytes)
{
    assert_int_equal(send(rig_fd(rig, end), bytes->data, bytes->size, MSG_NOSIGNAL), bytes->size);
}

static void rig_control(Rig *rig, const char *command)
{
    CLEANUP(cleanup_text) Text answer = {0};

    proxy_control(rig->proxy, command, &answer);
    assert_string_equal(text_cstr(&answer), "ok");
}

static int set_up(void **state)
{
    Rig *rig = calloc(1, sizeof(*rig));
    int port;

    *rig = (Rig){.client = -1, .broker = -1, .listener = support_listen(&port)};
    rig->proxy = proxy_new(port, 1);
    proxy_open(rig->proxy, "door");
    rig_connect(rig);
    while (rig->broker < 0)
        rig_turn(rig);
    *state = rig;
    return 0;
}

static int tear_down(void **state)
{
    Rig *rig = *state;

    proxy_free(rig->proxy);
    close(rig->listener);
    for (int end = 0; end < LINE_ENDS; end++) {
        if (rig_fd(rig, end) >= 0)
            close(rig_fd(rig, end));
        text_deinit(&rig->got[end]);
    }
    free(rig);
    return 0;
}

static void put_publish(Text *out, const char *payload, int mid)
{
    const FakePublish publish = {
        .topic = "t", .payload = payload, .size = strlen(payload), .qos = 1, .mid = mid};

    fake_codec_publish(out, 4, &publish);
}

static void assert_got(const Rig *rig, int end, const Text *wanted)
{
    assert_int_equal(rig->got[end].size, wanted->size);
    assert_memory_equal(rig->got[end].data, wanted->data, wanted->size);
}

/// Three PUBLISHes and a ping: what most tests send.
static void put_some(Text *out)
{
    put_publish(out, "one", 1);
    put_publish(out, "two", 2);
    put_publish(out, "three", 3);
    text_append_bytes(out, "\xc0\0", 2);
}

static void line_without_odds_passes_all_bytes_both_ways(void **state)
{
    CLEANUP(cleanup_text) Text bytes = {0};
    Rig *rig = *state;

    put_some(&bytes);
    for (size_t i = 0; i < bytes.size; i++) {
        const Text byte = {.data = bytes.data + i, .size = 1};
        rig_say(rig, LINE_CLIENT, &byte);
        rig_turn(rig);
    }
    rig_say(rig, LINE_BROKER, &bytes);
    rig_await(rig, LINE_BROKER, bytes.size);
    rig_await(rig, LINE_CLIENT, bytes.size);
    assert_got(rig, LINE_BROKER, &bytes);
    assert_got(rig, LINE_CLIENT, &bytes);
}

static void drop_takes_publishes_and_leaves_the_rest(void **state)
{
    CLEANUP(cleanup_text) Text bytes = {0}, ping = {0};
    Rig *rig = *state;

    rig_control(rig, "odds door drop=1000");
    put_some(&bytes);
    text_append_bytes(&ping, "\xc0\0", 2);
    rig_say(rig, LINE_CLIENT, &bytes);
    rig_await(rig, LINE_BROKER, ping.size);
    rig_rest(rig, QUIET);
    assert_got(rig, LINE_BROKER, &ping);
    assert_int_equal(rig->proxy->doors[0].counts[FAULT_DROP], 3);
}

static void repeat_sends_a_publish_again_and_marks_it(void **state)
{
    CLEANUP(cleanup_text) Text bytes = {0}, twice = {0};
    Rig *rig = *state;

    rig_control(rig, "odds door repeat=1000");
    put_publish(&bytes, "one", 1);
    text_append_bytes(&twice, bytes.data, bytes.size);
    text_append_bytes(&twice, bytes.data, bytes.size);
    twice.data[bytes.size] |= 0x08;
    rig_say(rig, LINE_CLIENT, &bytes);
    rig_await(rig, LINE_BROKER, twice.size);
    assert_got(rig, LINE_BROKER, &twice);
}

static void swap_lets_the_next_publish_overtake(void **state)
{
    CLEANUP(cleanup_text) Text one = {0}, two = {0}, swapped = {0};
    Rig *rig = *state;

    put_publish(&one, "one", 1);
    put_publish(&two, "two", 2);
    text_append_bytes(&swapped, two.data, two.size);
    text_append_bytes(&swapped, one.data, one.size);
    text_append_bytes(&one, two.data, two.size);
    rig_control(rig, "odds door swap=1000");
    rig_say(rig, LINE_CLIENT, &one);
    rig_await(rig, LINE_BROKER, swapped.size);
    assert_got(rig, LINE_BROKER, &swapped);
}

static void publish_that_nothing_overtakes_comes_after_a_while(void **state)
{
    CLEANUP(cleanup_text) Text bytes = {0};
    Rig *rig = *state;

    put_publish(&bytes, "one", 1);
    rig_control(rig, "odds door swap=1000");
    rig_say(rig, LINE_CLIENT, &bytes);
    rig_await(rig, LINE_BROKER, bytes.size);
    assert_got(rig, LINE_BROKER, &bytes);
}

static void split_brings_the_same_bytes_in_pieces(void **state)
{
    CLEANUP(cleanup_text) Text bytes = {0};
    Rig *rig = *state;

    put_some(&bytes);
    rig_control(rig, "odds door split=1000");
    rig_say(rig, LINE_CLIENT, &bytes);
    rig_await(rig, LINE_BROKER, bytes.size);
    assert_got(rig, LINE_BROKER, &bytes);
}

static void split_packet_goes_out_piece_by_piece(void **state)
{
    CLEANUP(cleanup_text) Text bytes = {0};
    const Odds odds = {.permille = {[FAULT_SPLIT] = 1000}};
    unsigned long counts[FAULT_COUNT] = {0};
    Dice dice = {.state = 1};
    Lane lane = {0};
    int pieces = 0;

    (void)state;
    put_publish(&bytes, "one that is long enough to be split often", 1);
    lane_take(&lane, bytes.data, bytes.size, &odds, &dice, 0, counts);
    for (LanePiece *piece; (piece = lane_front(&lane, INT64_MAX - 1)); pieces++)
        lane_sent(&lane, piece->size);
    lane_deinit(&lane);
    assert_in_range(pieces, 3, LANE_PIECES_MAX);
}

static void delay_keeps_the_order(void **state)
{
    CLEANUP(cleanup_text) Text bytes = {0};
    Rig *rig = *state;
    Time before = clock_monotonic();

    for (int i = 1; i <= 20; i++)
        put_publish(&bytes, "some", i);
    rig_control(rig, "odds door delay=1000");
    rig_say(rig, LINE_CLIENT, &bytes);
    rig_await(rig, LINE_BROKER, bytes.size);
    assert_got(rig, LINE_BROKER, &bytes);
    assert_true(clock_monotonic() - before > LANE_DELAY_MAX); // of twenty delays together
}

static void cut_breaks_the_line_within_a_packet(void **state)
{
    CLEANUP(cleanup_text) Text bytes = {0};
    Rig *rig = *state;

    put_some(&bytes);
    rig_control(rig, "odds door cut=1000");
    rig_say(rig, LINE_CLIENT, &bytes);
    rig_await_over(rig, LINE_CLIENT);
    rig_await_over(rig, LINE_BROKER);
    assert_true(rig->reset[LINE_CLIENT] && rig->got[LINE_BROKER].size < bytes.size);
    rig_turn(rig);
    assert_int_equal(rig->proxy->line_count, 0);
}

static void mute_line_says_nothing_to_anybody_and_then_breaks(void **state)
{
    CLEANUP(cleanup_text) Text bytes = {0};
    Rig *rig = *state;

    put_some(&bytes);
    Time before = clock_monotonic();
    rig_control(rig, "mute door");
    rig_say(rig, LINE_CLIENT, &bytes);
    rig_say(rig, LINE_BROKER, &bytes);
    rig_await_over(rig, LINE_CLIENT);
    assert_true(clock_monotonic() - before >= PROXY_MUTE);
    rig_await_over(rig, LINE_BROKER);
    assert_int_equal(rig->got[LINE_CLIENT].size + rig->got[LINE_BROKER].size, 0);
}

static void abandoned_broker_believes_in_its_client_for_a_while(void **state)
{
    Rig *rig = *state;
    Time before = clock_monotonic();

    rig_control(rig, "abandon door");
    assert_true(rig->proxy->lines[0]->sockets[LINE_CLIENT] < 0);
    rig_await_over(rig, LINE_CLIENT);
    rig_await_over(rig, LINE_BROKER);
    assert_true(clock_monotonic() - before >= PROXY_MUTE);
}

static void end_of_one_side_reaches_the_other_behind_its_last_bytes(void **state)
{
    CLEANUP(cleanup_text) Text bytes = {0};
    Rig *rig = *state;

    put_some(&bytes);
    rig_control(rig, "odds door delay=1000 split=1000");
    rig_say(rig, LINE_CLIENT, &bytes);
    shutdown(rig->client, SHUT_WR);
    rig_await_over(rig, LINE_BROKER);
    assert_got(rig, LINE_BROKER, &bytes);
    assert_false(rig->reset[LINE_BROKER]);
}

static void shut_door_resets_whoever_comes_until_it_is_opened(void **state)
{
    Rig *rig = *state;

    rig_control(rig, "shut door");
    close(rig->client);
    rig_await_over(rig, LINE_BROKER);
    rig_connect(rig);
    rig_await_over(rig, LINE_CLIENT);

    close(rig->client);
    close(rig->broker);
    rig->broker = -1;
    rig->over[LINE_CLIENT] = rig->over[LINE_BROKER] = false;
    rig_control(rig, "open door");
    rig_connect(rig);
    for (Time limit = clock_monotonic() + PATIENCE; rig->broker < 0 && clock_monotonic() < limit;)
        rig_turn(rig);
    assert_true(rig->broker >= 0 && !rig->over[LINE_CLIENT]);
}

static void line_that_is_no_mqtt_passes_as_it_comes(void **state)
{
    char hello[] = "\0\0 hello";
    const Text bytes = {.data = hello, .size = 8};
    Rig *rig = *state;

    rig_control(rig, "odds door drop=1000 repeat=1000");
    rig_say(rig, LINE_CLIENT, &bytes);
    rig_await(rig, LINE_BROKER, bytes.size);
    assert_got(rig, LINE_BROKER, &bytes);
}

static void command_that_cannot_be_read_is_answered(void **state)
{
    const char *const bad[] = {"", "odds", "odds window drop=1", "odds door drop=x", "dance door"};
    Rig *rig = *state;

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        CLEANUP(cleanup_text) Text answer = {0};

        proxy_control(rig->proxy, bad[i], &answer);
        assert_string_equal(text_cstr(&answer), "what?");
    }
}

static void same_seed_strikes_the_same_packets(void **state)
{
    CLEANUP(cleanup_text) Text bytes = {0};
    Odds odds = {.permille = {[FAULT_DROP] = 300, [FAULT_REPEAT] = 300, [FAULT_SWAP] = 300}};
    unsigned long counts[2][FAULT_COUNT] = {0};
    size_t passed[2];

    (void)state;
    for (int i = 0; i < 100; i++)
        put_publish(&bytes, "some", i + 1);
    for (int run = 0; run < 2; run++) {
        Dice dice = {.state = 42};
        Lane lane = {0};

        lane_take(&lane, bytes.data, bytes.size, &odds, &dice, 0, counts[run]);
        passed[run] = lane.waiting;
        lane_deinit(&lane);
    }
    assert_memory_equal(counts[0], counts[1], sizeof(counts[0]));
    assert_int_equal(passed[0], passed[1]);
    assert_true(counts[0][FAULT_DROP] > 10 && counts[0][FAULT_REPEAT] > 10 && counts[0][FAULT_SWAP] > 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(line_without_odds_passes_all_bytes_both_ways),
        CASE(drop_takes_publishes_and_leaves_the_rest),
        CASE(repeat_sends_a_publish_again_and_marks_it),
        CASE(swap_lets_the_next_publish_overtake),
        CASE(publish_that_nothing_overtakes_comes_after_a_while),
        CASE(split_brings_the_same_bytes_in_pieces),
        CASE(split_packet_goes_out_piece_by_piece),
        CASE(delay_keeps_the_order),
        CASE(cut_breaks_the_line_within_a_packet),
        CASE(mute_line_says_nothing_to_anybody_and_then_breaks),
        CASE(abandoned_broker_believes_in_its_client_for_a_while),
        CASE(end_of_one_side_reaches_the_other_behind_its_last_bytes),
        CASE(shut_door_resets_whoever_comes_until_it_is_opened),
        CASE(line_that_is_no_mqtt_passes_as_it_comes),
        CASE(command_that_cannot_be_read_is_answered),
        CASE(same_seed_strikes_the_same_packets),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
