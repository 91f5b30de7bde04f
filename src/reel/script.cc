#include "reel/script.h"

#include <array>
#include <cmath>

#include "fmt/format.h"
#include "reel/texture.h"

namespace reelbatch::reel {
namespace {

// Bounds that keep every clip renderable in memory and every sum in its type; no film needs more.
constexpr int kMaxSide = 8192;
constexpr int kMaxShotFrames = 1'000'000;
constexpr double kMaxMove = 100'000;  // px

constexpr double kAnyLength = 1'000'000;  // frames

// A flash lasts a frame, a whip a third of a second; the rest is a second or so at 25. The bounds
// are those of what can still be drawn.
constexpr std::array<TrapWord, 12> kTrapWords{{
    {TrapKind::kWhip, "whip", 8, "", 0, 0, 0},
    {TrapKind::kCrashZoom, "crash_zoom", 8, "by", 2, 0.25, 4},
    {TrapKind::kFreeze, "freeze", 15, "", 0, 0, 0},
    {TrapKind::kOccluder, "occluder", 12, "width", 1.2, 0.1, 4},
    {TrapKind::kDefocus, "defocus", 24, "radius", 6, 0, 64},
    {TrapKind::kExposure, "exposure", 25, "gain", 1.5, 0.2, 3},
    {TrapKind::kFlicker, "flicker", 25, "swing", 0.3, 0, 0.9},
    {TrapKind::kFlash, "flash", 1, "", 0, 0, 0},
    {TrapKind::kStrobe, "strobe", 24, "every", 4, 2, kAnyLength},
    {TrapKind::kInset, "inset", 25, "share", 0.35, 0.05, 0.9},
    {TrapKind::kTitle, "title", 50, "fade", 8, 0, kAnyLength},
    {TrapKind::kBars, "bars", 25, "share", 0.12, 0.01, 0.45},
}};

std::unexpected<base::Error> Wrong(std::string message) {
  return base::Fail(base::Code::kInvalidArgument, std::move(message));
}

bool Within(double value, double low, double high) {  // false for NaN
  return value >= low && value <= high;
}

base::Status ValidateVideo(const media::WriterOptions& video) {
  const auto side = [](int px) { return px >= 16 && px <= kMaxSide && px % 2 == 0; };
  if (!side(video.width) || !side(video.height)) {
    return Wrong(fmt::format("size {}x{} must be even and within 16..{}", video.width, video.height,
                             kMaxSide));
  }
  if (video.fps.num <= 0 || video.fps.den <= 0 || !Within(video.fps.value(), 0.01, 1000)) {
    return Wrong(fmt::format("fps {}/{} must be within 0.01..1000", video.fps.num, video.fps.den));
  }
  if (video.sar.num <= 0 || video.sar.den <= 0 || !Within(video.sar.value(), 0.01, 100)) {
    return Wrong(fmt::format("sar {}:{} must be within 0.01..100", video.sar.num, video.sar.den));
  }
  return {};
}

base::Status ValidateShot(const Shot& shot, size_t index) {
  const auto wrong = [index](std::string_view field, auto value, std::string_view range) {
    return Wrong(fmt::format("shot {}: {} {} must be {}", index + 1, field, value, range));
  };
  if (shot.frames < 1 || shot.frames > kMaxShotFrames) {
    return wrong("frames", shot.frames, "within 1..1000000");
  }
  if (shot.palette < -1 || shot.palette >= kPalettes) {
    return wrong("palette", shot.palette, "within 0..7");
  }
  if (!Within(std::abs(shot.pan_x), 0, 1000)) return wrong("pan", shot.pan_x, "within +-1000");
  if (!Within(std::abs(shot.pan_y), 0, 1000)) return wrong("pan", shot.pan_y, "within +-1000");
  if (!Within(shot.zoom, 0.9, 1.1)) return wrong("zoom", shot.zoom, "within 0.9..1.1");
  // The camera's distance grows or shrinks by zoom^frames; past this the picture is a single texel
  // or an alias.
  if (!Within(std::abs(std::log(shot.zoom) * shot.frames), 0, 5)) {
    return wrong("zoom", shot.zoom, "closer to 1 in a shot of this length");
  }
  if (!Within(std::abs(shot.turn), 0, 180)) return wrong("turn", shot.turn, "within +-180");
  if (!Within(shot.shake, 0, 1000)) return wrong("shake", shot.shake, "within 0..1000");
  if (!Within(shot.noise, 0, 64)) return wrong("noise", shot.noise, "within 0..64");
  if (shot.blobs < 0 || shot.blobs > 100) return wrong("blobs", shot.blobs, "within 0..100");
  if (!Within(shot.hold, 1, 1000)) return wrong("hold", shot.hold, "within 1..1000");
  if (shot.step < 1 || shot.step > 1000) return wrong("step", shot.step, "within 1..1000");
  if (!Within(shot.bars, 0, 0.45)) return wrong("bars", shot.bars, "within 0..0.45");
  return {};
}

base::Status ValidateJoin(const Join& join, std::string_view which) {
  const auto wrong = [which](std::string_view why) {
    return Wrong(fmt::format("{}: {}", which, why));
  };
  const int64_t mixed = int64_t{join.frames} - join.hold;
  switch (join.kind) {
    case JoinKind::kCut:
      return join.frames == 0 && join.hold == 0 ? base::Status{} : wrong("a cut has no frames");
    case JoinKind::kDissolve:
      if (join.frames < 1 || join.frames > kMaxShotFrames || join.hold != 0) {
        return wrong("frames of a dissolve must be within 1..1000000");
      }
      return {};
    case JoinKind::kWipe:
      if (join.frames < 1 || join.frames > kMaxShotFrames || join.hold != 0) {
        return wrong("frames of a wipe must be within 1..1000000");
      }
      return Within(join.soft, 0, 1) ? base::Status{} : wrong("soft must be within 0..1");
    case JoinKind::kFade:
      if (join.hold < 0 || join.frames > kMaxShotFrames ||
          mixed < (join.sides == FadeSides::kBoth ? 2 : 1)) {
        return wrong(
            "frames of a fade must be hold + 2 or more (hold + 1 with one side), at most 1000000");
      }
      return {};
  }
  return wrong("unknown kind");
}

base::Status ValidateTrap(const Trap& trap, const std::vector<Shot>& shots) {
  if (trap.shot < 0 || static_cast<size_t>(trap.shot) >= shots.size()) {
    return Wrong(fmt::format("a trap names shot {} of {}", trap.shot + 1, shots.size()));
  }
  const TrapWord& word = WordOf(trap.kind);
  const int frames = shots[static_cast<size_t>(trap.shot)].frames;
  if (trap.at < 0 || trap.frames < 1 || trap.frames > frames || trap.at > frames - trap.frames) {
    return Wrong(fmt::format("shot {}: {} at={} frames={} does not fit its {} frames",
                             trap.shot + 1, word.word, trap.at, trap.frames, frames));
  }
  if (!Within(std::abs(trap.by_x), 0, kMaxMove) || !Within(std::abs(trap.by_y), 0, kMaxMove)) {
    return Wrong(fmt::format("shot {}: whip by={},{} must be within +-100000", trap.shot + 1,
                             trap.by_x, trap.by_y));
  }
  if (!Within(trap.amount, word.least, word.most)) {
    return Wrong(fmt::format("shot {}: {} {}={} must be within {}..{}", trap.shot + 1, word.word,
                             word.setting, trap.amount, word.least, word.most));
  }
  return {};
}

base::Status ValidateEnds(const Script& script) {
  const auto is_fade = [](const std::optional<Join>& join, FadeSides sides) {
    return !join || (join->kind == JoinKind::kFade && join->sides == sides);
  };
  if (!is_fade(script.opening, FadeSides::kIn)) return Wrong("a clip opens with a fade in");
  if (!is_fade(script.closing, FadeSides::kOut)) return Wrong("a clip closes with a fade out");
  if (script.opening) {
    if (auto done = ValidateJoin(*script.opening, "the fade at the beginning"); !done) return done;
  }
  if (script.closing) return ValidateJoin(*script.closing, "the fade at the end");
  return {};
}

}  // namespace

std::span<const TrapWord> TrapWords() { return kTrapWords; }

const TrapWord& WordOf(TrapKind kind) { return kTrapWords[static_cast<size_t>(kind)]; }

base::Status Validate(const Script& script) {
  if (script.shots.empty()) return Wrong("the script has no shots");
  if (script.joins.size() + 1 != script.shots.size()) {
    return Wrong(fmt::format("{} shots need {} transitions, not {}", script.shots.size(),
                             script.shots.size() - 1, script.joins.size()));
  }
  if (auto done = ValidateVideo(script.video); !done) return done;
  for (size_t i = 0; i < script.shots.size(); ++i) {
    if (auto done = ValidateShot(script.shots[i], i); !done) return done;
  }
  for (size_t i = 0; i < script.joins.size(); ++i) {
    const Join& join = script.joins[i];
    const std::string which = fmt::format("transition {}", i + 1);
    if (auto done = ValidateJoin(join, which); !done) return done;
    // Without a frame of the colour the whole side would be missing, not sudden.
    if (join.sides != FadeSides::kBoth && join.hold < 1) {
      return Wrong(fmt::format("{}: a fade with one side must hold its colour", which));
    }
  }
  if (auto done = ValidateEnds(script); !done) return done;
  for (const Trap& trap : script.traps) {
    if (auto done = ValidateTrap(trap, script.shots); !done) return done;
  }
  return {};
}

}  // namespace reelbatch::reel
