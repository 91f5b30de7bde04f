#include "apps/reelbatch/costs/run_costs.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <tuple>

#include "apps/reelbatch/terminal.h"
#include "base/atomic_file.h"
#include "base/json_text.h"
#include "store/folder_layout.h"
#include "store/manifest.h"

namespace reelbatch::app {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> Manifests(const fs::path& out) {
  std::vector<fs::path> files;
  std::error_code error;
  for (const fs::directory_entry& video :
       fs::directory_iterator(store::FolderLayout{.root = out}.videos(), error)) {
    for (const fs::directory_entry& run : fs::directory_iterator(video.path(), error)) {
      if (fs::is_regular_file(run.path() / store::kManifestFile, error))
        files.push_back(run.path() / store::kManifestFile);
    }
  }
  std::ranges::sort(files);
  return files;
}

/// A result that a run linked from an earlier run has its costs in the manifests of both. Two
/// measurements of one video hardly ever agree to the microsecond, as manifests round them, so
/// equal costs of one video are counted once.
class CopiedCosts {
 public:
  /// False: it was there before, in this folder of a video.
  bool IsNew(const fs::path& video_folder, const contracts::ComponentCost& cost) {
    if (!cost.cpu) return true;
    if (video_folder != folder_) seen_.clear();
    folder_ = video_folder;
    return seen_
        .emplace(cost.component, cost.part, cost.preset, cost.predicted_ms.value_or(-1),
                 cost.cpu->count())
        .second;
  }

 private:
  fs::path folder_;
  std::set<std::tuple<std::string, std::string, std::string, double, int64_t>> seen_;
};

void AddManifest(const fs::path& file, CopiedCosts& copied, RunCosts& costs) {
  const auto text = base::ReadWholeFile(file);
  const auto manifest =
      text ? store::ParseManifest(*text, ShellQuote(file.native())) : std::unexpected(text.error());
  if (!manifest) {
    costs.unreadable.push_back(manifest.error());
    return;
  }
  for (const contracts::ComponentCost& cost : manifest->costs) {
    if (!copied.IsNew(file.parent_path().parent_path(), cost)) continue;
    costs::CalibrationSample& sample = costs.samples.emplace_back();
    sample.component = cost.component;
    sample.part = cost.part;
    sample.bucket = cost.bucket;
    sample.preset = cost.preset;
    sample.predicted_ms = cost.predicted_ms;
    if (cost.cpu) sample.actual_ms = std::chrono::duration<double, std::milli>(*cost.cpu).count();
  }
}

std::optional<double> FigureOf(const base::Json& event, const char* key) {
  const auto found = event.find(key);
  return found != event.end() && found->is_number() ? std::optional(found->get<double>())
                                                    : std::nullopt;
}

std::string TextOf(const base::Json& event, const char* key) {
  const auto found = event.find(key);
  return found != event.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// Readers pass over lines that are not JSON: a killed run tears one.
void AddJournal(const fs::path& journal, RunCosts& costs) {
  const auto text = base::ReadWholeFile(journal);
  if (!text) return;
  std::map<int64_t, costs::BatchSample> launched;  // of the run at hand, by batch
  std::istringstream lines(*text);
  for (std::string line; std::getline(lines, line);) {
    const base::Json event = base::Json::parse(line, nullptr, false);
    if (!event.is_object()) continue;
    const std::string name = TextOf(event, "event");
    if (name == "run_started") launched.clear();
    if (name == "batch_launched") {
      launched[static_cast<int64_t>(FigureOf(event, "batch").value_or(-1))] = {
          .key = TextOf(event, "key"),
          .units = static_cast<int64_t>(FigureOf(event, "units").value_or(0)),
          .predicted_ms = FigureOf(event, "predicted_ms").value_or(0)};
    }
    if (name == "batch_finished") {
      const auto batch = launched.find(static_cast<int64_t>(FigureOf(event, "batch").value_or(-1)));
      if (batch == launched.end()) continue;
      batch->second.actual_ms = FigureOf(event, "actual_ms").value_or(0);
      costs.batches.push_back(std::move(batch->second));
      launched.erase(batch);
    }
    if (name == "run_finished" && FigureOf(event, "peak_mb")) {
      costs.runs.push_back({.predicted_mb = FigureOf(event, "predicted_peak_mb"),
                            .actual_mb = FigureOf(event, "peak_mb")});
    }
  }
}

}  // namespace

base::Result<RunCosts> ReadRunCosts(const fs::path& out) {
  RunCosts costs;
  CopiedCosts copied;
  for (const fs::path& file : Manifests(out)) AddManifest(file, copied, costs);
  AddJournal(store::FolderLayout{.root = out}.journal(), costs);
  if (costs.samples.empty() && costs.batches.empty() && costs.unreadable.empty()) {
    return base::Fail(
        base::Code::kInvalidArgument,
        fmt::format("has no run with predictions: run `reelbatch run VIDEO --out {}` first",
                    ShellQuote(out.native())),
        ShellQuote(out.native()));
  }
  return costs;
}

}  // namespace reelbatch::app
