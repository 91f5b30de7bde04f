#pragma once

#include <cstdint>
#include <vector>

#include "apps/reelbatch/demo/script.h"

namespace reelbatch::app::demo {

/// One shot at one moment. `time` counts frames from the first that shows the shot alone; negative
/// before it.
struct View {
  int shot = -1;  // -1: none
  int time = 0;
};

/// What one frame is made of. The renderer draws it, the truth is read off it: the two cannot
/// disagree.
struct FramePlan {
  View a;
  View b{};            // only in a dissolve
  double mix = 0;      // share of b over a
  double veil = 0;     // share of the flat colour of a fade
  bool white = false;  // that colour
  double flash = 0;    // share of white light
  bool whip = false;
  int64_t pts = 0;  // 1/fps ticks
};

/// Every frame of the clip, in order. `script` has passed Validate().
std::vector<FramePlan> PlanFrames(const Script& script);

/// Frames [start+1, end-1] show neither shot alone; a cut has none (end = start + 1). All
/// inclusive, from 0.
struct TrueTransition {
  JoinKind kind = JoinKind::kCut;
  int64_t start = 0;  // last frame wholly of the old shot
  int64_t end = 0;    // first frame wholly of the new one
  int64_t frame = 0;  // first new frame of a cut, else the middle
  bool white = false;
};

/// Frames [start, end], both inclusive.
struct TrueTrap {
  TrapKind kind = TrapKind::kFlash;
  int64_t start = 0;
  int64_t end = 0;
};

struct Truth {
  std::vector<TrueTransition> transitions;
  std::vector<TrueTrap> traps;
};

Truth ReadTruth(const std::vector<FramePlan>& plans);

}  // namespace reelbatch::app::demo
