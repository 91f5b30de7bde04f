#pragma once

#include <cstdint>
#include <vector>

#include "reel/script.h"

namespace reelbatch::reel {

/// One shot at one moment. `time` counts frames from the first that shows the shot alone; negative
/// before it.
struct View {
  int shot = -1;  // -1: none
  int time = 0;
};

/// A trap at work in one frame.
struct Effect {
  TrapKind kind = TrapKind::kFlash;
  int trap = 0;  // its place in Script::traps
  /// Of a flash the share of white light, of an exposure the gain, of an occluder how much of its
  /// way lies behind it, of a blur its radius in px, of a title its opacity, else 0 or the amount.
  double level = 0;
};

/// What one frame is made of. The renderer draws it, the truth is read off it: the two cannot
/// disagree.
struct FramePlan {
  View a;
  View b{};           // only in a dissolve or wipe
  double mix = 0;     // share of b over a, or of its way that a wipe's front has behind it
  bool wipe = false;  // b comes behind a front
  Direction toward = Direction::kRight;
  double soft = 0;                // width of the front, share of its way
  double veil = 0;                // share of the flat colour of a fade
  Rgb color{};                    // that colour
  std::vector<Effect> effects{};  // in the order of drawing
  int64_t pts = 0;                // 1/fps ticks
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
  Rgb color{};        // that a fade goes through
};

/// A fade at an end of the file. Frames [start, end], both inclusive, as above.
struct TrueEdge {
  bool opens = false;
  int64_t start = 0;
  int64_t end = 0;
};

/// Frames [start, end], both inclusive.
struct TrueTrap {
  TrapKind kind = TrapKind::kFlash;
  int64_t start = 0;
  int64_t end = 0;
};

struct Truth {
  std::vector<TrueTransition> transitions;
  std::vector<TrueEdge> edges;
  std::vector<TrueTrap> traps;
};

Truth ReadTruth(const std::vector<FramePlan>& plans);

}  // namespace reelbatch::reel
