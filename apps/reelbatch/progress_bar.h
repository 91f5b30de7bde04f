#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apps/reelbatch/console.h"
#include "apps/reelbatch/priced_time.h"
#include "contracts/outcome.h"
#include "runtime/run.h"

namespace reelbatch::app {

/// What is remembered of a video that is over: a run of a million videos has a million of these, so
/// nothing in it grows with the length of a video, and what few videos have lies elsewhere.
struct VideoResult {
  struct Found {
    int64_t events = 0;
    int64_t cuts = 0;  // events that end a shot
    int64_t shots = 0;
  };
  struct Decoded {
    int64_t frames = 0;
    std::optional<int64_t> frames_expected;
    int64_t errors = 0;
  };

  struct Details {
    std::optional<contracts::Fault> fault = std::nullopt;
    std::map<std::string, contracts::EmptyReason, std::less<>> component_empty = {};
    std::vector<std::string> warnings = {};
  };
  struct Kept {
    std::string component;
    std::string linked_from;  // empty: an earlier call of the same run
  };

  contracts::VideoStatus status = contracts::VideoStatus::kWaiting;
  std::optional<contracts::EmptyReason> empty_reason = std::nullopt;
  std::optional<Found> found = std::nullopt;
  std::optional<Decoded> decoded = std::nullopt;
  int64_t duration_ns = 0;  // steady time
  PricedTime priced = {};
  std::vector<Kept> kept = {};  // contracts::VideoOutcome::kept
  std::unique_ptr<const Details> details = nullptr;

  const contracts::Fault* fault() const {
    return details && details->fault ? &*details->fault : nullptr;
  }
};

VideoResult ResultOf(const contracts::VideoOutcome& outcome);

/// "[#####-----]  42 %  3/7 videos  312 frames/s  ETA 1:05  1 failed", fit to `columns`: a narrow
/// terminal gets less.
std::string BarText(const runtime::Progress& progress, int columns);

/// One line about a video that is over, with two blanks between its parts:
/// "done  clip.mp4  12 cuts  1253 frames  4.1 s", "skipped  clip.mp4  unchanged  12 cuts",
/// "done  clip.mp4  12 cuts  speech_activity: audio_missing  1253 frames  4.1 s" where only some
/// components have nothing to say, "empty  x.mp4  video_too_short", "failed  x.mp4
/// video_unreadable: moov atom not found".
std::string VideoLine(const std::filesystem::path& video, const contracts::VideoOutcome& outcome);

/// The same of a fault alone.
std::string FailureLine(const std::filesystem::path& video, const contracts::Fault& fault);

/// "652 of 1253 frames decoded, 3 errors, the first near frame 651: ..." for a damaged video, else
/// nothing.
std::optional<std::string> DamageOf(const contracts::VideoOutcome& outcome);

/// "4.1 s", "1:05", "2:03:04"
std::string FormatDuration(double seconds);

/// "1 cut", "3 cuts"
std::string Count(int64_t n, std::string_view one);

/// Shows a run on stderr: one bar line on a terminal, a plain line per finished video elsewhere,
/// nothing with --quiet but what failed. Remembers what became of every input.
class ProgressPrinter final : public runtime::RunObserver {
 public:
  /// `inputs`: how many there are now; more may come while the run goes on.
  ProgressPrinter(Console& console, size_t inputs, bool list_every_video);
  ~ProgressPrinter() override { Clear(); }

  void OnProgress(const runtime::Progress& progress) override;
  void OnVideoDone(const runtime::Input& input, const contracts::VideoOutcome& outcome) override;

  /// The run is over: takes the bar off the screen, and says so where the run could not tell it
  /// everything.
  void Finish(const runtime::RunReport& report);

  /// By Input::id; none where the run ended before.
  const std::vector<std::optional<VideoResult>>& results() const { return results_; }

 private:
  /// Takes the bar off the screen.
  void Clear();

  Console& console_;
  bool list_every_video_;
  bool terminal_ = false;
  bool shown_ = false;
  std::vector<std::optional<VideoResult>> results_;
};

}  // namespace reelbatch::app
