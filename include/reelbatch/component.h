#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "reelbatch/export.h"
#include "reelbatch/result.h"

namespace reelbatch {

/// A BatchFunction throws this when its batch needs more memory than there is. The session then
/// retries the units in batches of half the size, and remembers the size that failed.
/// std::bad_alloc has the same effect.
class REELBATCH_API OutOfMemory : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// One unit, the smallest piece of work that a component gives to its BatchFunction: one picture of
/// a video. The bytes are valid until the BatchFunction returns.
struct UnitView {
  int width = 0;  // px
  int height = 0;
  std::span<const std::byte> rgb;  // 3 * width * height bytes: rows of R G B, without padding
};

/// The result for one unit: float32 values. Every unit of a component has the same number of them.
using UnitAnswer = std::vector<float>;

/// Computes the results for a batch of units, which may come from several videos. Returns one
/// UnitAnswer per unit, in the order of the units. The result for a unit must not depend on the
/// other units of the batch.
///
/// Threads: one thread of the session calls it at a time. Exception: when a call does not return
///          within SessionOptions::stall_timeout, the session stops waiting for it, and the next
///          call can start while the old one still runs.
/// Errors:  OutOfMemory or std::bad_alloc: the units are retried in smaller batches.
///          Any other exception: this component fails for the videos of the batch. Other components
///          and other videos continue.
using BatchFunction = std::function<std::vector<UnitAnswer>(std::span<const UnitView>)>;

/// A component that your program provides. The session makes batches from its units and from units
/// of several videos, as it does for the components of the library.
///
/// Example: the mean colour of one picture per second of video.
///   reelbatch::Component mean{.name = "mean_colour", .width = 64, .height = 64, .every_s = 1,
///                             .shape = {3}};
///   mean.run = [](std::span<const reelbatch::UnitView> units) {
///     std::vector<reelbatch::UnitAnswer> answers;
///     for (const auto& unit : units) answers.push_back(MeanOf(unit));  // 3 floats
///     return answers;
///   };
struct Component {
  std::string name = {};      // name of its result: lower-case letters, digits and '_'
  std::string version = "1";  // change it when the results change, so that they are computed again
  int width = 0;              // size of its pictures in pixels, 16 to 1024
  int height = 0;
  double every_s = 0;               // seconds between two pictures; 0: every analysed frame
  std::vector<int64_t> shape = {};  // shape of one UnitAnswer; its product is the number of values
  BatchFunction run = {};

  // What a batch costs. The session uses this to choose the batch size.
  int max_batch = 8;       // units
  double fixed_ms = 1;     // milliseconds per batch
  double ms_per_unit = 1;  // milliseconds per unit
  double mb_per_unit = 1;  // MiB of RAM per unit while the batch runs
};

}  // namespace reelbatch
