#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "apps/reelbatch/bench/bench_settings.h"
#include "base/cancel.h"
#include "base/clock.h"
#include "base/result.h"
#include "measure/measured_row.h"
#include "measure/sweep.h"

namespace reelbatch::app {

/// The facts about program and machine in every row. `out`: the folder of the table.
/// Errors: io (the program's own file cannot be read).
base::Result<measure::Session> MakeSession(const std::filesystem::path& out,
                                           const measure::Protocol& protocol);

/// Where frames come from. A demo reel of its own lives in a temporary folder as long as the
/// object.
class BenchInput {
 public:
  /// `videos` of --input real; none: the demo reel.
  /// Errors: as ExpandInputs() and MakeDemoReel(), io (a video cannot be read), cancelled.
  static base::Result<BenchInput> Make(const BenchSettings& settings,
                                       const std::vector<std::string>& arguments,
                                       const base::CancelToken& cancel);
  ~BenchInput();
  BenchInput(BenchInput&& other) noexcept;
  BenchInput& operator=(BenchInput&&) = delete;
  BenchInput(const BenchInput&) = delete;
  BenchInput& operator=(const BenchInput&) = delete;

  /// The value of Session::input.
  const std::string& description() const { return description_; }
  /// Errors: out_of_memory, as measure::FillFromVideos().
  base::Result<measure::FrameStack> Frames(const contracts::InputBucket& bucket, int frames,
                                           const base::CancelToken& cancel) const;

 private:
  BenchInput() = default;
  base::Status Describe(const base::CancelToken& cancel);

  std::vector<std::filesystem::path> videos_;  // none: noise
  std::filesystem::path temporary_;            // to be removed; empty: none
  std::string description_;
};

}  // namespace reelbatch::app
