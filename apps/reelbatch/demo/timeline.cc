#include "apps/reelbatch/demo/timeline.h"

#include <algorithm>
#include <utility>

namespace reelbatch::app::demo {
namespace {

// A flash lights most of the picture but leaves its shapes visible, as a photographer's does.
constexpr double kFlashShare = 0.85;

void AddJoin(const Script& script, size_t index, std::vector<FramePlan>& plans) {
  const Join& join = script.joins[index];
  const View a{.shot = static_cast<int>(index), .time = script.shots[index].frames};
  const View b{.shot = static_cast<int>(index) + 1, .time = -join.frames};
  const int out = (join.frames - join.hold) / 2;
  const int in = join.frames - join.hold - out;
  for (int k = 0; k < join.frames; ++k) {
    const View old_shot{.shot = a.shot, .time = a.time + k};
    const View new_shot{.shot = b.shot, .time = b.time + k};
    FramePlan plan{.a = old_shot, .white = join.white};
    if (join.kind == JoinKind::kDissolve) {
      plan.b = new_shot;
      plan.mix = static_cast<double>(k + 1) / (join.frames + 1);
    } else if (k < out) {
      plan.veil = static_cast<double>(k + 1) / (out + 1);
    } else if (k < out + join.hold) {
      plan.veil = 1;
    } else {
      plan.a = new_shot;
      plan.veil = static_cast<double>(join.frames - k) / (in + 1);
    }
    plans.push_back(plan);
  }
}

void AddShot(const Script& script, size_t index, std::vector<FramePlan>& plans) {
  const size_t first = plans.size();
  const int frames = script.shots[index].frames;
  for (int time = 0; time < frames; ++time) {
    plans.push_back({.a = {.shot = static_cast<int>(index), .time = time}});
  }
  for (const Trap& trap : script.traps) {
    if (trap.shot != static_cast<int>(index)) continue;
    for (int k = 0; k < trap.frames; ++k) {
      FramePlan& plan = plans[first + static_cast<size_t>(trap.at + k)];
      if (trap.kind == TrapKind::kFlash) plan.flash = kFlashShare;
      if (trap.kind == TrapKind::kWhip) plan.whip = true;
    }
  }
}

/// The shot that a frame shows alone, or -1.
int AloneShot(const FramePlan& plan) {
  return plan.b.shot < 0 && plan.veil == 0 ? plan.a.shot : -1;
}

template <class Predicate>
void AddRuns(const std::vector<FramePlan>& plans, TrapKind kind, Predicate in_run,
             std::vector<TrueTrap>& traps) {
  for (size_t i = 0; i < plans.size(); ++i) {
    if (!in_run(plans[i])) continue;
    const size_t start = i;
    while (i + 1 < plans.size() && in_run(plans[i + 1])) ++i;
    traps.push_back(
        {.kind = kind, .start = static_cast<int64_t>(start), .end = static_cast<int64_t>(i)});
  }
}

}  // namespace

std::vector<FramePlan> PlanFrames(const Script& script) {
  std::vector<FramePlan> plans;
  for (size_t i = 0; i < script.shots.size(); ++i) {
    AddShot(script, i, plans);
    if (i < script.joins.size()) AddJoin(script, i, plans);
  }
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
    if (last_alone >= 0 && plans[static_cast<size_t>(last_alone)].a.shot != shot) {
      TrueTransition transition{.start = last_alone, .end = here, .frame = here};
      if (here > last_alone + 1) {
        const FramePlan& between = plans[static_cast<size_t>(last_alone) + 1];
        transition.kind = between.b.shot >= 0 ? JoinKind::kDissolve : JoinKind::kFade;
        transition.frame = (last_alone + here) / 2;
        transition.white = between.white;
      }
      truth.transitions.push_back(transition);
    }
    last_alone = here;
  }
  AddRuns(
      plans, TrapKind::kFlash, [](const FramePlan& p) { return p.flash > 0; }, truth.traps);
  AddRuns(
      plans, TrapKind::kWhip, [](const FramePlan& p) { return p.whip; }, truth.traps);
  std::ranges::sort(truth.traps, {},
                    [](const TrueTrap& trap) { return std::pair(trap.start, trap.kind); });
  return truth;
}

}  // namespace reelbatch::app::demo
