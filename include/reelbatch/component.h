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

/// Thrown by a BatchFunction whose batch is too large: the session runs it again in halves and
/// remembers the size. std::bad_alloc means the same for memory of the host.
class REELBATCH_API OutOfMemory : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// One unit of work: a picture of a video. The bytes live as long as the call.
struct UnitView {
  int width = 0;  // px
  int height = 0;
  std::span<const std::byte> rgb;  // rows of R G B R G B ..., without padding: 3 * width * height
};

/// The answer to one unit: float32, the same shape for every unit of the component.
using UnitAnswer = std::vector<float>;

/// Works on a batch, of one video or of several: one answer per unit, in their order, and the same
/// answer for a unit in whatever company it is. Called by one thread of the session at a time; only
/// where a call did not return within SessionOptions::stall_timeout and was given up, another one
/// may begin beside it. An exception other than out of memory fails the videos of the batch for
/// this component alone.
using BatchFunction = std::function<std::vector<UnitAnswer>(std::span<const UnitView>)>;

/// A component that the host brings along. Its units are batched across videos as those of the
/// library's own are.
struct Component {
  std::string name = {};      // of its result: lower case letters, digits, '_'
  std::string version = "1";  // change it when the numbers change: results are made anew
  int width = 0;              // px of the pictures that it is given, 16 to 1024
  int height = 0;
  double every_s = 0;               // a picture so often; 0: every analysed frame
  std::vector<int64_t> shape = {};  // of an answer; its product is an answer's size
  BatchFunction run = {};

  // What a batch costs, by which the session chooses its size.
  int max_batch = 8;
  double fixed_ms = 1;  // per batch
  double ms_per_unit = 1;
  double mb_per_unit = 1;  // of RAM while it runs
};

}  // namespace reelbatch
