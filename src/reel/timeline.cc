#include "reel/timeline.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <span>
#include <utility>

#include "reel/random.h"

namespace reelbatch::reel {
namespace {

// A flash lights most of the picture but leaves its shapes visible, as a photographer's does.
constexpr double kFlashShare = 0.85;

/// Share of the colour in frame k of a fade, and whether it lies over the new shot.
struct FadeMoment {
  double share = 0;
  bool over_new = false;
};

FadeMoment FadeAt(const Join& fade, int k) {
  const int mixed = fade.frames - fade.hold;
  const int out = fade.sides == FadeSides::kOut  ? mixed
                  : fade.sides == FadeSides::kIn ? 0
                                                 : mixed / 2;
  const int in = mixed - out;
  if (k < out) return {.share = static_cast<double>(k + 1) / (out + 1)};
  if (k < out + fade.hold) return {.share = 1};
  return {.share = static_cast<double>(fade.frames - k) / (in + 1), .over_new = true};
}

void AddJoin(const Script& script, size_t index, std::vector<FramePlan>& plans) {
  const Join& join = script.joins[index];
  for (int k = 0; k < join.frames; ++k) {
    const View old_shot{.shot = static_cast<int>(index), .time = script.shots[index].frames + k};
    const View new_shot{.shot = static_cast<int>(index) + 1, .time = k - join.frames};
    FramePlan plan{.a = old_shot};
    if (join.kind == JoinKind::kFade) {
      const FadeMoment moment = FadeAt(join, k);
      if (moment.over_new) plan.a = new_shot;
      plan.veil = moment.share;
      plan.color = join.color;
    } else {
      plan.b = new_shot;
      plan.mix = static_cast<double>(k + 1) / (join.frames + 1);
      plan.wipe = join.kind == JoinKind::kWipe;
      plan.toward = join.toward;
      plan.soft = join.soft;
    }
    plans.push_back(std::move(plan));
  }
}

void AddOpening(const Join& fade, std::vector<FramePlan>& plans) {
  for (int k = 0; k < fade.frames; ++k) {
    plans.push_back({.a = {.shot = 0, .time = k - fade.frames},
                     .veil = FadeAt(fade, k).share,
                     .color = fade.color});
  }
}

void AddClosing(const Script& script, const Join& fade, std::vector<FramePlan>& plans) {
  const int last = static_cast<int>(script.shots.size()) - 1;
  for (int k = 0; k < fade.frames; ++k) {
    plans.push_back({.a = {.shot = last, .time = script.shots.back().frames + k},
                     .veil = FadeAt(fade, k).share,
                     .color = fade.color});
  }
}

/// 0 at both ends of the trap, 1 after `frames` from either.
double Ramp(const Trap& trap, int k, double frames) {
  const double from_end = std::min(k + 1, trap.frames - k);
  return std::min(1.0, from_end / (frames + 1));
}

/// What Effect::level says in frame k of a trap.
double LevelAt(const Trap& trap, size_t index, int k) {
  switch (trap.kind) {
    case TrapKind::kWhip:
    case TrapKind::kCrashZoom:
    case TrapKind::kFreeze:
      return 0;
    case TrapKind::kOccluder:
      return static_cast<double>(k + 1) / (trap.frames + 1);
    case TrapKind::kDefocus:
      return trap.amount * Ramp(trap, k, trap.frames / 2.0);
    case TrapKind::kExposure:
    case TrapKind::kInset:
    case TrapKind::kBars:
      return trap.amount;
    case TrapKind::kFlicker: {
      const uint64_t seed = Mix64(index * 0x10001 + static_cast<uint64_t>(k));
      return 1 + trap.amount * Random(seed).Between(-1, 1);
    }
    case TrapKind::kFlash:
      return kFlashShare;
    case TrapKind::kStrobe: {
      const auto turn = [&trap](int frame) { return std::floor(frame / trap.amount); };
      return turn(k) > turn(k - 1) ? kFlashShare : 0;
    }
    case TrapKind::kTitle:
      return Ramp(trap, k, trap.amount);
  }
  return 0;
}

void AddTrap(const Trap& trap, size_t index, std::span<FramePlan> shot) {
  for (int k = 0; k < trap.frames; ++k) {
    FramePlan& plan = shot[static_cast<size_t>(trap.at) + static_cast<size_t>(k)];
    if (trap.kind == TrapKind::kFreeze) plan.a.time = trap.at;
    plan.effects.push_back(
        {.kind = trap.kind, .trap = static_cast<int>(index), .level = LevelAt(trap, index, k)});
  }
}

void AddShot(const Script& script, size_t index, std::vector<FramePlan>& plans) {
  const size_t first = plans.size();
  const int frames = script.shots[index].frames;
  for (int time = 0; time < frames; ++time) {
    plans.push_back({.a = {.shot = static_cast<int>(index), .time = time}});
  }
  const std::span<FramePlan> shot = std::span(plans).subspan(first);
  for (size_t i = 0; i < script.traps.size(); ++i) {
    if (script.traps[i].shot == static_cast<int>(index)) AddTrap(script.traps[i], i, shot);
  }
  for (FramePlan& plan : shot) {
    std::ranges::sort(plan.effects, {},
                      [](const Effect& effect) { return std::pair(effect.kind, effect.trap); });
  }
}

/// The shot that a frame shows alone, or -1.
int AloneShot(const FramePlan& plan) {
  return plan.b.shot < 0 && plan.veil == 0 ? plan.a.shot : -1;
}

/// A trap's frames lie together, so its span goes from the first to the last that it works in.
void ReadTraps(const std::vector<FramePlan>& plans, std::vector<TrueTrap>& traps) {
  std::map<int, TrueTrap> spans;
  for (size_t i = 0; i < plans.size(); ++i) {
    for (const Effect& effect : plans[i].effects) {
      const auto here = static_cast<int64_t>(i);
      spans.try_emplace(effect.trap, TrueTrap{.kind = effect.kind, .start = here})
          .first->second.end = here;
    }
  }
  for (const auto& entry : spans) traps.push_back(entry.second);
  std::ranges::sort(traps, {},
                    [](const TrueTrap& trap) { return std::pair(trap.start, trap.kind); });
}

}  // namespace

std::vector<FramePlan> PlanFrames(const Script& script) {
  std::vector<FramePlan> plans;
  if (script.opening) AddOpening(*script.opening, plans);
  for (size_t i = 0; i < script.shots.size(); ++i) {
    AddShot(script, i, plans);
    if (i < script.joins.size()) AddJoin(script, i, plans);
  }
  if (script.closing) AddClosing(script, *script.closing, plans);
  int64_t pts = 0;
  for (FramePlan& plan : plans) {
    plan.pts = pts;
    pts += script.shots[static_cast<size_t>(plan.a.shot)].step;
  }
  return plans;
}

Truth ReadTruth(const std::vector<FramePlan>& plans) {
  Truth truth;
  int64_t last_alone = -1;
  for (size_t i = 0; i < plans.size(); ++i) {
    const int shot = AloneShot(plans[i]);
    if (shot < 0) continue;
    const auto here = static_cast<int64_t>(i);
    if (last_alone < 0 && here > 0) truth.edges.push_back({.opens = true, .end = here});
    if (last_alone >= 0 && plans[static_cast<size_t>(last_alone)].a.shot != shot) {
      TrueTransition transition{.start = last_alone, .end = here, .frame = here};
      if (here > last_alone + 1) {
        const FramePlan& between = plans[static_cast<size_t>(last_alone) + 1];
        transition.kind = between.wipe          ? JoinKind::kWipe
                          : between.b.shot >= 0 ? JoinKind::kDissolve
                                                : JoinKind::kFade;
        transition.frame = (last_alone + here) / 2;
        transition.color = between.color;
      }
      truth.transitions.push_back(transition);
    }
    last_alone = here;
  }
  const auto last = static_cast<int64_t>(plans.size()) - 1;
  if (last_alone >= 0 && last_alone < last) {
    truth.edges.push_back({.start = last_alone, .end = last});
  }
  ReadTraps(plans, truth.traps);
  return truth;
}

}  // namespace reelbatch::reel
