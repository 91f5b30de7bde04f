#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <utility>

#include "base/suggest.h"
#include "fmt/format.h"
#include "fmt/ranges.h"
#include "reel/script.h"

namespace reelbatch::reel {
namespace {

constexpr std::array<std::pair<std::string_view, Texture>, 7> kTextures{{
    {"noise", Texture::kNoise},
    {"plasma", Texture::kPlasma},
    {"stripes", Texture::kStripes},
    {"tiles", Texture::kTiles},
    {"hills", Texture::kHills},
    {"text", Texture::kText},
    {"flat", Texture::kFlat},
}};
constexpr std::array<std::pair<std::string_view, FadeSides>, 3> kSides{{
    {"both", FadeSides::kBoth},
    {"out", FadeSides::kOut},
    {"in", FadeSides::kIn},
}};
constexpr std::array<std::pair<std::string_view, Direction>, 4> kDirections{{
    {"right", Direction::kRight},
    {"left", Direction::kLeft},
    {"down", Direction::kDown},
    {"up", Direction::kUp},
}};

std::vector<std::string_view> Words(std::string_view line) {
  std::vector<std::string_view> words;
  line = line.substr(0, line.find('#'));
  constexpr std::string_view kBlanks = " \t\r";
  size_t at = 0;
  while ((at = line.find_first_not_of(kBlanks, at)) != std::string_view::npos) {
    const size_t end = std::min(line.find_first_of(kBlanks, at), line.size());
    words.push_back(line.substr(at, end - at));
    at = end;
  }
  return words;
}

template <class Number>
bool ReadNumber(std::string_view text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size();
}

/// "AxB", "A,B" and the like.
template <class Number>
bool ReadPair(std::string_view text, char separator, Number& first, Number& second) {
  const size_t at = text.find(separator);
  return at != std::string_view::npos && ReadNumber(text.substr(0, at), first) &&
         ReadNumber(text.substr(at + 1), second);
}

/// "black", "white" or "R,G,B".
bool ReadColor(std::string_view text, Rgb& color) {
  if (text == "black" || text == "white") {
    const uint8_t code = text == "white" ? 255 : 0;
    color = {code, code, code};
    return true;
  }
  const size_t second = text.find(',');
  return second != std::string_view::npos && ReadNumber(text.substr(0, second), color.r) &&
         ReadPair(text.substr(second + 1), ',', color.g, color.b);
}

template <class Value, size_t kWords>
bool ReadWord(std::string_view text,
              const std::array<std::pair<std::string_view, Value>, kWords>& words, Value& value) {
  const auto found = std::ranges::find(words, text, [](auto& entry) { return entry.first; });
  if (found != words.end()) value = found->second;
  return found != words.end();
}

/// Reads a script line by line. Every Read...() fails with a message without its place; Fail() adds
/// it.
class Parser {
 public:
  explicit Parser(std::string_view name) : name_(name) {}

  base::Result<Script> Parse(std::string_view text) {
    while (!text.empty()) {
      ++line_;
      const size_t end = std::min(text.find('\n'), text.size());
      const auto words = Words(text.substr(0, end));
      text.remove_prefix(std::min(end + 1, text.size()));
      if (words.empty()) continue;
      if (auto done = ReadLine(words); !done) return std::unexpected(done.error());
    }
    if (pending_join_) return Fail("a shot must follow the last transition");
    if (script_.closing) {
      if (script_.closing->sides == FadeSides::kIn) return Fail("the last fade can only go out");
      script_.closing->sides = FadeSides::kOut;
    }
    if (auto valid = Validate(script_); !valid) {
      return base::Fail(valid.error().code, valid.error().message, std::string(name_));
    }
    return std::move(script_);
  }

 private:
  using Line = std::span<const std::string_view>;

  /// One key of `key=value`: reads the value into its place, false where it is not one.
  using Reader = bool (*)(std::string_view, void*);
  struct Key {
    std::string_view name;
    void* place;
    Reader read;
  };

  static Key Int(std::string_view name, int& place) {
    return {name, &place, [](std::string_view text, void* to) {
              return ReadNumber(text, *static_cast<int*>(to));
            }};
  }
  static Key Seed(std::string_view name, uint64_t& place) {
    return {name, &place, [](std::string_view text, void* to) {
              return ReadNumber(text, *static_cast<uint64_t*>(to));
            }};
  }
  static Key Real(std::string_view name, double& place) {
    return {name, &place, [](std::string_view text, void* to) {
              return ReadNumber(text, *static_cast<double*>(to));
            }};
  }
  static Key Vector(std::string_view name, std::pair<double, double>& place) {
    return {name, &place, [](std::string_view text, void* to) {
              auto& pair = *static_cast<std::pair<double, double>*>(to);
              return ReadPair(text, ',', pair.first, pair.second);
            }};
  }
  static Key Color(std::string_view name, Rgb& place) {
    return {name, &place, [](std::string_view text, void* to) {
              return ReadColor(text, *static_cast<Rgb*>(to));
            }};
  }
  static Key Sides(std::string_view name, FadeSides& place) {
    return {name, &place, [](std::string_view text, void* to) {
              return ReadWord(text, kSides, *static_cast<FadeSides*>(to));
            }};
  }
  static Key Toward(std::string_view name, Direction& place) {
    return {name, &place, [](std::string_view text, void* to) {
              return ReadWord(text, kDirections, *static_cast<Direction*>(to));
            }};
  }

  std::unexpected<base::Error> Fail(std::string message) const {
    return base::Fail(base::Code::kInvalidArgument, std::move(message),
                      fmt::format("{}:{}", name_, line_));
  }

  std::unexpected<base::Error> Unknown(std::string_view what, std::string_view word,
                                       const std::vector<std::string>& valid) const {
    const std::string near = base::DidYouMean(word, valid);
    return Fail(
        fmt::format("unknown {} '{}'{}", what, word,
                    near.empty() ? fmt::format("; valid: {}", fmt::join(valid, ", ")) : near));
  }

  base::Status ReadKeys(Line words, const std::vector<Key>& keys) const {
    for (const std::string_view word : words) {
      const std::string_view name = word.substr(0, word.find('='));
      const auto key = std::ranges::find(keys, name, &Key::name);
      if (key == keys.end()) {
        std::vector<std::string> valid;
        for (const Key& k : keys) valid.emplace_back(k.name);
        return Unknown("setting", name, valid);
      }
      const std::string_view value = word.substr(std::min(name.size() + 1, word.size()));
      if (!key->read(value, key->place)) {
        return Fail(fmt::format("'{}' is not a value of {}", value, name));
      }
    }
    return {};
  }

  base::Status ReadLine(Line words) {
    using Method = base::Status (Parser::*)(Line);
    static const auto kMethods = [] {
      std::map<std::string, Method, std::less<>> methods{
          {"size", &Parser::ReadSize}, {"fps", &Parser::ReadFps},       {"sar", &Parser::ReadSar},
          {"seed", &Parser::ReadSeed}, {"codec", &Parser::ReadCodec},   {"shot", &Parser::ReadShot},
          {"cut", &Parser::ReadJoin},  {"dissolve", &Parser::ReadJoin}, {"fade", &Parser::ReadFade},
          {"wipe", &Parser::ReadJoin},
      };
      for (const TrapWord& trap : TrapWords()) methods.emplace(trap.word, &Parser::ReadTrap);
      return methods;
    }();
    const auto method = kMethods.find(words[0]);
    if (method == kMethods.end()) {
      std::vector<std::string> valid;
      valid.reserve(kMethods.size());
      for (const auto& entry : kMethods) valid.push_back(entry.first);
      return Unknown("word", words[0], valid);
    }
    return (this->*method->second)(words);
  }

  base::Status ReadSize(Line words) {
    auto& video = script_.video;
    if (words.size() != 2 || !ReadPair(words[1], 'x', video.width, video.height)) {
      return Fail("size wants one value like 128x72");
    }
    return {};
  }

  base::Status ReadFps(Line words) {
    auto& fps = script_.video.fps;
    fps.den = 1;
    if (words.size() != 2 ||
        (!ReadNumber(words[1], fps.num) && !ReadPair(words[1], '/', fps.num, fps.den))) {
      return Fail("fps wants one value like 25 or 30000/1001");
    }
    return {};
  }

  base::Status ReadSar(Line words) {
    auto& sar = script_.video.sar;
    if (words.size() != 2 || !ReadPair(words[1], ':', sar.num, sar.den)) {
      return Fail("sar wants one value like 16:11");
    }
    return {};
  }

  base::Status ReadSeed(Line words) {
    if (words.size() != 2 || !ReadNumber(words[1], script_.seed)) {
      return Fail("seed wants one whole number, 0 or more");
    }
    return {};
  }

  base::Status ReadCodec(Line words) {
    auto& video = script_.video;
    if (words.size() < 2) return Fail("codec wants a name, for example libx264");
    video.codec = words[1];
    return ReadKeys(words.subspan(2), {Int("crf", video.crf), Int("gop", video.gop),
                                       Int("b_frames", video.b_frames)});
  }

  base::Status ReadShot(Line words) {
    std::vector<std::string> names;
    names.reserve(kTextures.size());
    for (const auto& entry : kTextures) names.emplace_back(entry.first);
    if (words.size() < 2) {
      return Fail(fmt::format("shot wants a texture: {}", fmt::join(names, ", ")));
    }
    const auto texture = std::ranges::find(kTextures, words[1], [](auto& e) { return e.first; });
    if (texture == kTextures.end()) return Unknown("texture", words[1], names);
    // Shots differ unless the script says that they do not.
    Shot shot{.texture = texture->second, .seed = script_.shots.size() + 1};
    std::pair<double, double> pan{0, 0};
    if (auto done = ReadKeys(
            words.subspan(2),
            {Int("frames", shot.frames), Seed("seed", shot.seed), Int("palette", shot.palette),
             Vector("pan", pan), Real("zoom", shot.zoom), Real("turn", shot.turn),
             Real("shake", shot.shake), Real("noise", shot.noise), Int("blobs", shot.blobs),
             Real("hold", shot.hold), Int("step", shot.step), Real("bars", shot.bars)});
        !done) {
      return done;
    }
    std::tie(shot.pan_x, shot.pan_y) = pan;
    if (script_.closing) {
      script_.joins.push_back(*script_.closing);
      script_.closing.reset();
    } else if (!script_.shots.empty() && !pending_join_) {
      script_.joins.emplace_back();
    }
    pending_join_ = false;
    script_.shots.push_back(shot);
    return {};
  }

  base::Status ReadTrap(Line words) {
    if (script_.shots.empty() || waits()) {
      return Fail(fmt::format("{} belongs below the shot it happens in", words[0]));
    }
    const auto word = std::ranges::find(TrapWords(), words[0], &TrapWord::word);
    Trap trap{.kind = word->kind,
              .shot = static_cast<int>(script_.shots.size()) - 1,
              .frames = word->frames,
              .amount = word->amount};
    std::pair<double, double> by{script_.video.width / 2.0, 0};
    std::vector<Key> keys{Int("at", trap.at), Int("frames", trap.frames)};
    if (trap.kind == TrapKind::kWhip) keys.push_back(Vector("by", by));
    if (!word->setting.empty()) keys.push_back(Real(word->setting, trap.amount));
    if (auto done = ReadKeys(words.subspan(1), keys); !done) return done;
    if (trap.kind == TrapKind::kWhip) std::tie(trap.by_x, trap.by_y) = by;
    script_.traps.push_back(trap);
    return {};
  }

  base::Status ReadJoin(Line words) {
    if (script_.shots.empty() || waits()) {
      return Fail(fmt::format("{} must stand between two shots", words[0]));
    }
    Join join;
    std::vector<Key> keys;
    if (words[0] == "dissolve") {
      join = {.kind = JoinKind::kDissolve, .frames = 12};
      keys = {Int("frames", join.frames)};
    } else if (words[0] == "wipe") {
      join = {.kind = JoinKind::kWipe, .frames = 12};
      keys = {Int("frames", join.frames), Toward("toward", join.toward), Real("soft", join.soft)};
    }
    if (auto done = ReadKeys(words.subspan(1), keys); !done) return done;
    script_.joins.push_back(join);
    pending_join_ = true;
    return {};
  }

  /// A fade opens the clip where no shot is yet, and closes it unless a shot follows.
  base::Status ReadFade(Line words) {
    const bool opens = script_.shots.empty();
    if (waits() || (opens && script_.opening)) return Fail("fade must stand beside a shot");
    Join join{.kind = JoinKind::kFade, .frames = 20};
    std::vector<Key> keys{Int("frames", join.frames), Int("hold", join.hold),
                          Color("color", join.color)};
    if (!opens) keys.push_back(Sides("sides", join.sides));
    if (auto done = ReadKeys(words.subspan(1), keys); !done) return done;
    if (opens) join.sides = FadeSides::kIn;
    (opens ? script_.opening : script_.closing) = join;
    return {};
  }

  /// A transition waits for its second shot.
  bool waits() const { return pending_join_ || script_.closing; }

  std::string_view name_;
  int line_ = 0;
  bool pending_join_ = false;  // a transition waits for its second shot
  Script script_;
};

}  // namespace

base::Result<Script> ParseScript(std::string_view text, std::string_view name) {
  return Parser(name).Parse(text);
}

}  // namespace reelbatch::reel
