#include "apps/reelbatch/bench/bench_progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <cmath>
#include <cstdio>

#include "apps/reelbatch/progress_bar.h"
#include "apps/reelbatch/terminal.h"
#include "costs/keys.h"

namespace reelbatch::app {

std::string RowLine(const measure::SweepStep& step) {
  const measure::Work& work = step.planned->work;
  const contracts::InputBucket& bucket = step.planned->bucket;
  const contracts::CostRow& row = *step.row;
  std::string line = fmt::format("{}/{}  {}x{} {}", step.number, step.total, bucket.width,
                                 bucket.height, contracts::PresetName(work.preset));
  if (!work.step.empty()) line += "  " + work.step;
  if (step.fate == measure::RowFate::kFailed) {
    line += "  failed: " + measure::ErrorOf(row).value_or("");
  } else {
    if (row.latency_ms_per_unit)
      line += fmt::format("  {} ms", costs::MsText(row.latency_ms_per_unit));
    if (row.cpu_rss_peak_mb) line += fmt::format("  {} MiB", costs::MbText(row.cpu_rss_peak_mb));
  }
  if (step.fate == measure::RowFate::kReused) line += "  kept";
  if (row.noisy) line += "  noisy";
  if (step.left.count() > 0 && step.number < step.total) {
    line += "  ETA " + FormatDuration(std::ceil(std::chrono::duration<double>(step.left).count()));
  }
  return line;
}

BenchProgress::BenchProgress(Console& console)
    : console_(console),
      terminal_(isatty(STDERR_FILENO) != 0 && Environment("TERM").value_or("") != "dumb") {}

void BenchProgress::OnRow(const measure::SweepStep& step) {
  const bool failed = step.fate == measure::RowFate::kFailed;
  if (console_.quiet() && !failed) return;
  const std::string line = OneLine(RowLine(step));
  if (terminal_ && !failed && !console_.verbose()) {
    fmt::print(stderr, "\r{}\x1b[K", Shorten(line, TerminalWidth(STDERR_FILENO) - 1));
    std::fflush(stderr);
    shown_ = true;
    return;
  }
  Clear();
  fmt::print(stderr, "{}\n",
             Styled(line, failed ? Style::kRed : Style::kPlain, console_.err_color()));
}

void BenchProgress::Clear() {
  if (shown_) fmt::print(stderr, "\r\x1b[K");
  std::fflush(stderr);
  shown_ = false;
}

}  // namespace reelbatch::app
