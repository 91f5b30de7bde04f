#pragma once

#include <string>

#include "apps/reelbatch/console.h"
#include "measure/sweep.h"

namespace reelbatch::app {

/// "12/72  1280x720 default  1.42 ms  ETA 0:35" of a row that is over.
std::string RowLine(const measure::SweepStep& step);

/// Shows a sweep on stderr: one moving line on a terminal, a plain line per row elsewhere, nothing
/// with --quiet but what failed.
class BenchProgress {
 public:
  explicit BenchProgress(Console& console);
  ~BenchProgress() { Clear(); }
  BenchProgress(const BenchProgress&) = delete;
  BenchProgress& operator=(const BenchProgress&) = delete;

  void OnRow(const measure::SweepStep& step);
  /// Takes the moving line off the screen.
  void Clear();

 private:
  Console& console_;
  bool terminal_ = false;
  bool shown_ = false;
};

}  // namespace reelbatch::app
