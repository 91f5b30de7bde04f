#pragma once

#include <optional>
#include <span>

namespace reelbatch::components::soft {

/// How one frame of a window lies between the window's first frame A and its last frame B, from
/// mean squared distances alone: with F = A + alpha (B - A) + rest, alpha is where F stands on the
/// line from A to B, `rest` the square of what is beside the line, over the square of B - A. 0 in a
/// dissolve, alpha (1 - alpha) in a wipe, about .75 half way where both ends are unrelated to F.
struct Between {
  float alpha = 0;
  float rest = 0;
};
Between PlaceBetween(float from_first, float from_last, float first_to_last);

/// A straight way from alpha 0 to alpha 1 within a window.
struct Ramp {
  double start_s = 0;  // where the fitted line leaves 0
  double end_s = 0;    // where it reaches 1
  float error = 0;     // rms distance of alpha from the line, over the whole window
  float step = 0;      // the largest change of alpha between neighbouring frames
  float rest = 0;      // mean and largest Between::rest on the way
  float most_rest = 0;
};

/// The ramp through the two places where alpha passes a quarter and three quarters for good. None
/// where it goes back and forth between them, or where the ramp does not lie within the window.
/// `places` and `pts_s`: one per frame of the window, from A to B.
std::optional<Ramp> FitRamp(std::span<const Between> places, std::span<const double> pts_s);

}  // namespace reelbatch::components::soft
