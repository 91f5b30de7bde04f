#include "apps/reelbatch/progress_bar.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <ranges>
#include <utility>

#include "apps/reelbatch/terminal.h"

namespace reelbatch::app {
namespace {

constexpr std::string_view kUpToRangeEnd = " up to the end of the range";

/// Share of the run that is done: by the videos' own time where any is known, else by their number.
double Share(const runtime::Progress& progress) {
  if (progress.videos_total > 0 && progress.videos_done == progress.videos_total) return 1;
  double share = 0;
  if (progress.media_s_total > 0) {
    share = progress.media_s_done / progress.media_s_total;
  } else if (progress.videos_total > 0) {
    share = static_cast<double>(progress.videos_done) / progress.videos_total;
  }
  return std::clamp(share, 0.0, 0.999);  // not 100 % before it is over
}

}  // namespace

std::string Count(int64_t n, std::string_view one) {
  return fmt::format("{} {}{}", n, one, n == 1 ? "" : "s");
}

std::string FormatDuration(double seconds) {
  if (!std::isfinite(seconds) || seconds < 0) return "?";
  if (seconds < 59.95) return fmt::format("{:.1f} s", seconds);
  const auto whole = std::llround(seconds);
  if (whole < 3600) return fmt::format("{}:{:02}", whole / 60, whole % 60);
  return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
}

std::string BarText(const runtime::Progress& progress, int columns) {
  const double share = Share(progress);
  std::vector<std::string> parts = {
      fmt::format("{:3.0f} %", std::floor(share * 100)),
      fmt::format("{}/{} videos", progress.videos_done, progress.videos_total)};
  if (progress.elapsed_s > 0) {
    parts.push_back(fmt::format("{:.0f} frames/s",
                                static_cast<double>(progress.frames_done) / progress.elapsed_s));
  }
  parts.push_back("ETA " + (progress.eta_s ? FormatDuration(std::ceil(*progress.eta_s)) : "--"));
  if (progress.videos_failed > 0) parts.push_back(fmt::format("{} failed", progress.videos_failed));
  const std::string facts = fmt::format("{}", fmt::join(parts, "  "));

  constexpr int kLeast = 10;
  constexpr int kMost = 30;
  const int room =
      std::min(kMost, columns - DisplayWidth(facts) - 5);  // brackets, two blanks, the last column
  if (room < kLeast) return Shorten(facts, std::max(0, columns - 1));
  const int full = static_cast<int>(share * room);
  return fmt::format("[{}{}]  {}", std::string(static_cast<size_t>(full), '#'),
                     std::string(static_cast<size_t>(room - full), '-'), facts);
}

VideoResult ResultOf(const contracts::VideoOutcome& outcome) {
  VideoResult result{.status = outcome.status,
                     .empty_reason = outcome.empty_reason,
                     .duration_ns = outcome.duration_ns};
  VideoResult::Details details{.fault = outcome.fault, .component_empty = outcome.component_empty};
  if (const contracts::EventList* const found = contracts::EventsOf(outcome)) {
    result.found = {.events = static_cast<int64_t>(found->events.size()),
                    .cuts = contracts::CountCuts(found->events),
                    .shots = static_cast<int64_t>(found->shots.size())};
    details.warnings = found->warnings;
  }
  if (details.fault || !details.component_empty.empty() || !details.warnings.empty())
    result.details = std::make_unique<const VideoResult::Details>(std::move(details));
  result.kept.reserve(outcome.kept.size());
  for (const auto& [component, linked_from] : outcome.kept)
    result.kept.push_back({.component = component, .linked_from = linked_from});
  if (outcome.decode) {
    result.decoded = {.frames = outcome.decode->frames_decoded,
                      .frames_expected = outcome.decode->frames_expected,
                      .errors = outcome.decode->decode_errors};
  }
  AddPriced(outcome, result.priced);
  return result;
}

std::optional<std::string> DamageOf(const contracts::VideoOutcome& outcome) {
  if (!outcome.decode) return {};
  const contracts::DecodeReport& report = *outcome.decode;
  if (report.decode_errors == 0 && !report.truncated) return {};
  std::vector<std::string> parts;
  if (report.truncated) parts.emplace_back("the file ends early");
  // Of a video that is read up to --end nobody expects all frames.
  const bool some_lost = report.frames_expected && !report.past_range_s &&
                         report.frames_decoded < *report.frames_expected;
  if (some_lost) {
    parts.push_back(fmt::format("only {} of {} frames could be decoded", report.frames_decoded,
                                *report.frames_expected));
  }
  if (report.decode_errors > 0) {
    std::string errors = Count(report.decode_errors, "decode error");
    if (!report.error_frames.empty())
      errors += fmt::format("{} near frame {}", report.decode_errors > 1 ? ", the first" : "",
                            report.error_frames.front());
    if (!report.first_error.empty()) errors += fmt::format(" ({})", report.first_error);
    parts.push_back(std::move(errors));
  }
  return fmt::format("{}", fmt::join(parts, "; "));
}

std::string FailureLine(const std::filesystem::path& video, const contracts::Fault& fault) {
  // Other modules name the file in front of what is wrong with it; the line has it already.
  std::string_view reason = fault.reason;
  if (reason.starts_with(video.native() + ": ")) reason.remove_prefix(video.native().size() + 2);
  return fmt::format("failed  {}  {}: {}", ShellQuote(video.native()),
                     contracts::FaultCodeName(fault.code), reason);
}

std::string VideoLine(const std::filesystem::path& video, const contracts::VideoOutcome& outcome) {
  const std::string name = ShellQuote(video.native());
  if (outcome.fault) return FailureLine(video, *outcome.fault);
  const bool skipped = outcome.status == contracts::VideoStatus::kSkipped;
  std::string line = fmt::format("{}  {}",
                                 skipped                ? "skipped"
                                 : outcome.empty_reason ? "empty"
                                                        : "done",
                                 name);
  if (skipped) line += "  unchanged";
  if (outcome.empty_reason)
    line += fmt::format("  {}", contracts::EmptyReasonName(*outcome.empty_reason));
  const contracts::EventList* const found = contracts::EventsOf(outcome);
  if (found != nullptr && !outcome.empty_reason)
    line += "  " + Count(contracts::CountCuts(found->events), "cut");
  if (!outcome.empty_reason) {
    for (const auto& [component, reason] : outcome.component_empty) {
      line += fmt::format("  {}: {}", component, contracts::EmptyReasonName(reason));
    }
  }
  // Where only its sound was wanted no frame was looked for.
  if (outcome.decode && (outcome.decode->frames_decoded > 0 || outcome.empty_reason)) {
    line += "  " + Count(outcome.decode->frames_decoded, "frame");
    if (outcome.decode->past_range_s) line += kUpToRangeEnd;
  }
  if (!skipped && !outcome.kept.empty())
    line += fmt::format("  kept from an earlier run: {}",
                        fmt::join(outcome.kept | std::views::keys, ", "));
  if (!skipped) line += "  " + FormatDuration(static_cast<double>(outcome.duration_ns) / 1e9);
  if (const auto damage = DamageOf(outcome)) line += "  damaged: " + *damage;
  return line;
}

ProgressPrinter::ProgressPrinter(Console& console, size_t inputs, bool list_every_video)
    : console_(console),
      list_every_video_(list_every_video),
      terminal_(isatty(STDERR_FILENO) != 0 && Environment("TERM").value_or("") != "dumb"),
      results_(inputs) {}

void ProgressPrinter::OnProgress(const runtime::Progress& progress) {
  if (!terminal_ || console_.quiet()) return;
  fmt::print(stderr, "\r{}\x1b[K", BarText(progress, TerminalWidth(STDERR_FILENO)));
  std::fflush(stderr);
  shown_ = true;
}

void ProgressPrinter::OnVideoDone(const runtime::Input& input,
                                  const contracts::VideoOutcome& outcome) {
  const auto id = static_cast<size_t>(input.id);
  if (id >= results_.size()) results_.resize(id + 1);
  results_[id] = ResultOf(outcome);
  const bool failed = outcome.fault.has_value();
  const bool listed = DamageOf(outcome) || console_.verbose() || (list_every_video_ && !terminal_);
  if (!failed && (console_.quiet() || !listed)) return;
  Clear();
  const std::string line = OneLine(VideoLine(input.path, outcome));
  const Style style = failed ? Style::kRed : Style::kPlain;
  fmt::print(stderr, "{}\n", Styled(line, style, console_.err_color()));
}

void ProgressPrinter::Finish(const runtime::RunReport& report) {
  Clear();
  if (report.observer_error.empty()) return;
  console_.Warn(
      fmt::format("progress could not be shown to the end ({}); every video was processed, but the "
                  "counts below may be incomplete",
                  report.observer_error));
}

void ProgressPrinter::Clear() {
  if (shown_) fmt::print(stderr, "\r\x1b[K");
  std::fflush(stderr);
  shown_ = false;
}

}  // namespace reelbatch::app
