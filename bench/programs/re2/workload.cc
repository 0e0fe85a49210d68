/*
 * workload: a log shipper on RE2: every batch of lines is routed, taken apart, masked and counted.
 *
 *     ./workload BATCHES SEED
 *
 * Rules are compiled anew now and then, as a shipper does when its configuration changes. Prints
 * the number of batches and a checksum of all that was found: the same for every build and every
 * machine.
 */
#include "logs.h"

#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "re2/re2.h"
#include "re2/set.h"

namespace
{

enum {
    LINES_A_BATCH = 400,
    BATCHES_A_CONFIGURATION = 4,
    MAX_BATCHES = 1000000,
};

struct rules {
    RE2::Set routes{RE2::DefaultOptions, RE2::UNANCHORED};
    RE2 access{
        R"re((\S+) - (\S+) \[([^\]]+)\] "(GET|POST|PUT) ([^ "]+) HTTP/1\.[01]" (\d{3}) (\d+))re"};
    RE2 pair{R"re(\s*([a-z_]+)=("(?:[^"\\]|\\.)*"|[^\s"]+))re"};
    RE2 stamp{R"re((\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?Z?)re"};
    RE2 mail{R"re(([\w.+-]+)@([a-z0-9-]+(?:\.[a-z]{2,6})+))re"};
    RE2 address{R"re(\b(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)\b)re"};
    RE2 query{R"re([?&]([^=&#\s]+)=([^&#\s]*))re"};
    RE2 panic{R"re((?i)\b(?:fatal|panic|segmentation fault|out of memory)\b)re"
              R"re(.*?(?:at|in) (\w+)(?::(\d+))?)re"};
    RE2 word{R"re([\pL\pN_]+)re"};
    RE2 spaces{R"re([\s\pZ]+)re"};
};

const char *const routes[] = {
    R"(^\d+\.\d+\.\d+\.\d+ - )", R"((?i)\berror\b)",           R"(\blevel=(warn|error|fatal)\b)",
    R"(/api/v[12]/\w+)",         R"(\b5\d\d\b \d+$)",          R"(user=\w+@)",
    R"((?:timeout|timed out))",  R"(duration=\d{4,}ms)",       R"(\.(?:png|jpe?g|css|js)\b)",
    R"(\bid=[0-9a-f]{8,}\b)",    R"((retry|attempt) #?[3-9])", R"(^\S+ \S+ kernel: )",
};

std::unique_ptr<rules> load_rules()
{
    auto rules = std::make_unique<struct rules>();

    for (const char *route : routes) {
        std::string message;

        if (rules->routes.Add(route, &message) < 0) {
            fprintf(stderr, "workload: %s: %s\n", route, message.c_str());
            exit(1);
        }
    }
    rules->routes.Compile();
    return rules;
}

struct tally {
    uint64_t sum = 0xcbf29ce484222325;

    void add(absl::string_view text)
    {
        sum = text_checksum(sum, text.data(), text.size());
    }
    void add(uint64_t number)
    {
        sum = (sum ^ number) * 0x100000001b3;
    }
};

void take_access(const rules &rules, absl::string_view line, tally *tally)
{
    absl::string_view host, user, time, method, path, name, value;
    int status, bytes;

    if (!RE2::FullMatch(line, rules.access, &host, &user, &time, &method, &path, &status, &bytes))
        return;
    tally->add(host);
    tally->add(static_cast<uint64_t>(status * 31 + bytes));
    while (RE2::FindAndConsume(&path, rules.query, &name, &value)) {
        tally->add(name);
        tally->add(value);
    }
}

void take_pairs(const rules &rules, absl::string_view line, tally *tally)
{
    absl::string_view name, value;
    int year, month, day, hour, minute, second;

    if (RE2::Consume(&line, rules.stamp, &year, &month, &day, &hour, &minute, &second))
        tally->add(static_cast<uint64_t>(((year * 12 + month) * 31 + day) * 24 + hour + minute));
    while (RE2::Consume(&line, rules.pair, &name, &value))
        tally->add(value);
}

void take_text(const rules &rules, absl::string_view line, tally *tally)
{
    absl::string_view place;
    absl::string_view word;
    int number = 0;

    if (RE2::PartialMatch(line, rules.panic, &place, &number))
        tally->add(place);
    for (int words = 0; words < 6 && RE2::FindAndConsume(&line, rules.word, &word); words++)
        tally->add(word.size());
}

void take_line(const rules &rules, const std::string &line, tally *tally)
{
    std::vector<int> found;
    std::string masked = line;

    if (rules.routes.Match(line, &found))
        for (int route : found)
            tally->add(static_cast<uint64_t>(route));
    take_access(rules, line, tally);
    take_pairs(rules, line, tally);
    take_text(rules, line, tally);
    RE2::GlobalReplace(&masked, rules.mail, R"(***@\2)");
    RE2::GlobalReplace(&masked, rules.address, "x.x.x.x");
    RE2::Replace(&masked, rules.spaces, " ");
    tally->add(masked);
}

} // namespace

int main(int argc, char **argv)
{
    int batches = argc == 3 ? atoi(argv[1]) : 0;
    struct dice dice = {};
    struct text line = {};
    std::unique_ptr<rules> rules;
    tally tally;

    if (batches < 1 || batches > MAX_BATCHES) {
        fprintf(stderr, "usage: workload BATCHES SEED    (1 to %d)\n", MAX_BATCHES);
        return 2;
    }
    dice.state = strtoull(argv[2], nullptr, 10);
    for (int batch = 0; batch < batches; batch++) {
        if (batch % BATCHES_A_CONFIGURATION == 0)
            rules = load_rules();
        for (int i = 0; i < LINES_A_BATCH; i++) {
            text_clear(&line);
            logs_add_line(&line, &dice);
            take_line(*rules, std::string(line.bytes, line.length), &tally);
        }
    }
    text_release(&line);
    printf("%d batches, checksum %016" PRIx64 "\n", batches, tally.sum);
    return 0;
}
