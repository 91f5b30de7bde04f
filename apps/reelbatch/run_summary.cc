#include "apps/reelbatch/run_summary.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "apps/reelbatch/progress_bar.h"
#include "apps/reelbatch/terminal.h"
#include "base/json_text.h"
#include "contracts/producer.h"
#include "store/folder_layout.h"
#include "store/identity.h"

namespace reelbatch::app {
namespace {

constexpr std::string_view kVideos = "videos";

struct Counts {
  int success = 0;
  int empty = 0;
  int failed = 0;
  int skipped = 0;
  int not_done = 0;
  int64_t cuts = 0;
};

Counts CountOutcomes(const RunSummary& summary) {
  Counts counts;
  counts.failed = static_cast<int>(summary.inputs.unreadable.size());
  for (const auto& result : summary.results) {
    if (!result) {
      ++counts.not_done;
      continue;
    }
    if (result->found) counts.cuts += result->found->cuts;
    switch (result->status) {
      case contracts::VideoStatus::kSuccess:
        ++counts.success;
        break;
      case contracts::VideoStatus::kEmpty:
        ++counts.empty;
        break;
      case contracts::VideoStatus::kSkipped:
        ++counts.skipped;
        break;
      default:
        ++counts.failed;
        break;
    }
  }
  return counts;
}

base::Json VideoRow(const RunSummary& summary, size_t index) {
  const std::filesystem::path& video = summary.inputs.videos[index];
  base::Json row;
  row["input"] = video.native();
  // For names that JSON cannot hold: what a shell would take.
  row["input_shell"] = ShellQuote(video.native());
  if (const auto id = summary.folder.VideoId(video)) row["video_id"] = *id;
  const auto& result = summary.results[index];
  row["status"] = result ? contracts::VideoStatusName(result->status)
                         : contracts::VideoStatusName(contracts::VideoStatus::kWaiting);
  if (!result) return row;
  if (const contracts::Fault* const fault = result->fault()) {
    row["error_code"] = contracts::FaultCodeName(fault->code);
    row["error"] = fault->reason;
  }
  if (result->empty_reason) row["empty_reason"] = contracts::EmptyReasonName(*result->empty_reason);
  const VideoResult::Details none;
  const VideoResult::Details& details = result->details ? *result->details : none;
  for (const auto& [component, reason] : details.component_empty) {
    row["empty_components"][component] = contracts::EmptyReasonName(reason);
  }
  row["kept"] = base::Json::array();
  for (const auto& [component, linked_from] : result->kept) {
    row["kept"].push_back({{"component", component}});
    if (!linked_from.empty()) row["kept"].back()["linked_from"] = linked_from;
  }
  if (result->found) {
    row["events"] = result->found->events;
    row["shots"] = result->found->shots;
    row["warnings"] = details.warnings;
  }
  if (result->decoded) {
    row["frames_decoded"] = result->decoded->frames;
    if (result->decoded->frames_expected)
      row["frames_expected"] = *result->decoded->frames_expected;
    row["decode_errors"] = result->decoded->errors;
  }
  row["duration_s"] = base::Rounded(static_cast<double>(result->duration_ns) / 1e9, 6);
  if (const auto folder = summary.folder.VideoFolder(video)) row["folder"] = folder->native();
  return row;
}

PricedTime PricedOf(const RunSummary& summary) {
  PricedTime all;
  for (const auto& result : summary.results) {
    if (!result) continue;
    all.predicted_s += result->priced.predicted_s;
    all.actual_s += result->priced.actual_s;
    all.not_priced += result->priced.not_priced;
  }
  return all;
}

/// A line for each of the first videos that failed.
std::string Failures(const RunSummary& summary) {
  constexpr int64_t kMostNamed = 1000;
  std::string text;
  int64_t failed = 0;
  for (size_t i = 0; i < summary.results.size(); ++i) {
    const auto& result = summary.results[i];
    const contracts::Fault* const fault = result ? result->fault() : nullptr;
    if (fault == nullptr || ++failed > kMostNamed) continue;
    text += "  " + OneLine(FailureLine(summary.inputs.videos[i], *fault)) + "\n";
  }
  if (failed > kMostNamed)
    text += fmt::format("  failed  {} more videos; the overview lists all of them\n",
                        failed - kMostNamed);
  return text;
}

}  // namespace

std::string SummaryText(const RunSummary& summary, bool color) {
  const Counts counts = CountOutcomes(summary);
  // A folder that cannot be listed, or an address that is not read, is an input but no video.
  const auto not_videos = static_cast<int64_t>(summary.inputs.unreadable.size());
  const auto videos = static_cast<int64_t>(summary.results.size());
  std::string text = fmt::format(
      "{}: {} done", not_videos > 0 ? Count(videos + not_videos, "input") : Count(videos, "video"),
      counts.success);
  if (counts.skipped > 0) text += fmt::format(", {} skipped (unchanged)", counts.skipped);
  if (counts.empty > 0) text += fmt::format(", {} empty", counts.empty);
  if (counts.failed > 0)
    text += ", " + Styled(fmt::format("{} failed", counts.failed), Style::kRed, color);
  if (counts.not_done > 0) text += fmt::format(", {} not done", counts.not_done);
  // Only components that find events and shots have a document.
  if (std::ranges::any_of(summary.folder.components(),
                          [](const auto& component) { return component.document.has_value(); }))
    text += "; " + Count(counts.cuts, "cut");
  text += fmt::format(" in {}\n", FormatDuration(summary.elapsed_s));
  const PricedTime priced = PricedOf(summary);
  if (priced.predicted_s > 0) {
    text += fmt::format("CPU time     {:.1f} s (predicted {:.1f} s, error {:+.0f} %)\n",
                        priced.actual_s, priced.predicted_s,
                        100 * (priced.predicted_s / priced.actual_s - 1));
  }
  if (summary.deadline_s) {
    const double left_s = *summary.deadline_s - summary.elapsed_s;
    text += fmt::format("deadline     {} by {:.2f} s\n", left_s >= 0 ? "met" : "missed",
                        std::abs(left_s));
  }
  if (summary.bound) {
    text +=
        fmt::format("lower bound  {:.1f} s (limited by {}); the run took {:.2f} times as long\n",
                    summary.bound->ms / 1e3, planning::BoundKindName(summary.bound->kind),
                    summary.elapsed_s / (summary.bound->ms / 1e3));
  }

  for (const auto& folder : summary.inputs.unreadable) {
    text +=
        fmt::format("  failed  {}  {}\n", ShellQuote(folder.path.native()), OneLine(folder.reason));
  }
  text += Failures(summary);
  const store::FolderLayout layout{.root = summary.out};
  const std::string overview =
      fmt::format("overview     {}\n", ShellQuote(layout.run_summary().native()));
  if (counts.success + counts.empty + counts.skipped == 0) return text + overview;
  const std::filesystem::path below = summary.out / store::kPlatformId;
  std::vector<std::string> files;
  for (const store::StoredComponent& component : summary.folder.components()) {
    for (std::string& file : component.files()) files.push_back(std::move(file));
  }
  files.emplace_back(store::kManifestFile);
  text += fmt::format("results      {}/VIDEO/{}/  {}\n", ShellQuote(below.native()),
                      summary.folder.run_id(), fmt::join(files, ", "));
  return text + overview;
}

base::Json SummaryJson(const RunSummary& summary) {
  const Counts counts = CountOutcomes(summary);
  base::Json document;
  document["schema"] = "reelbatch_run_summary_v1";
  document["producer"] = contracts::ProducerName();
  document["state"] = summary.state;
  document["exit_code"] = summary.exit_code;
  document["out"] = summary.out.native();
  document["run_id"] = summary.folder.run_id();
  document["counts"] = {{"videos", summary.results.size()},
                        {"success", counts.success},
                        {"skipped", counts.skipped},
                        {"empty", counts.empty},
                        {"error", counts.failed},
                        {"waiting", counts.not_done},
                        {"events", counts.cuts}};
  const PricedTime priced = PricedOf(summary);
  document["cpu"] = {{"predicted_s", base::Rounded(priced.predicted_s, 3)},
                     {"actual_s", base::Rounded(priced.actual_s, 3)},
                     {"not_priced", priced.not_priced}};
  document["elapsed_s"] = base::Rounded(summary.elapsed_s, 6);
  document["deadline_s"] =
      summary.deadline_s ? base::Json(base::Rounded(*summary.deadline_s, 6)) : base::Json(nullptr);
  document["bound_s"] =
      summary.bound ? base::Json(base::Rounded(summary.bound->ms / 1e3, 6)) : base::Json(nullptr);
  document[std::string(kVideos)] = base::Json::array();
  document["unreadable_folders"] = base::Json::array();
  for (const auto& folder : summary.inputs.unreadable) {
    document["unreadable_folders"].push_back(
        {{"path", folder.path.native()}, {"reason", folder.reason}});
  }
  document["warnings"] = summary.inputs.warnings;
  return document;
}

void PrintSummaryJson(const base::Json& document, const RunSummary& summary, Console& console) {
  base::PrettyList parts(document, kVideos);
  console.Out(parts.Begin());
  for (size_t i = 0; i < summary.results.size(); ++i) console.Out(parts.Next(VideoRow(summary, i)));
  console.Out(parts.End());
}

}  // namespace reelbatch::app
