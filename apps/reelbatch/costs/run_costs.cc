#include "apps/reelbatch/costs/run_costs.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <sstream>
#include <string>

#include "apps/reelbatch/terminal.h"
#include "base/atomic_file.h"
#include "store/folder_layout.h"
#include "store/json_text.h"
#include "store/manifest.h"

namespace reelbatch::app {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> Manifests(const fs::path& out) {
  std::vector<fs::path> files;
  std::error_code error;
  for (const fs::directory_entry& video : fs::directory_iterator(store::FolderLayout{.root = out}.videos(), error)) {
    for (const fs::directory_entry& run : fs::directory_iterator(video.path(), error)) {
      if (fs::is_regular_file(run.path() / store::kManifestFile, error)) files.push_back(run.path() / store::kManifestFile);
    }
  }
  std::ranges::sort(files);
  return files;
}

void AddManifest(const fs::path& file, RunCosts& costs) {
  const auto text = base::ReadWholeFile(file);
  const auto manifest = text ? store::ParseManifest(*text, ShellQuote(file.native())) : std::unexpected(text.error());
  if (!manifest) {
    costs.unreadable.push_back(manifest.error());
    return;
  }
  for (const contracts::ComponentCost& cost : manifest->costs) {
    costs::CalibrationSample& sample = costs.samples.emplace_back();
    sample.component = cost.component;
    sample.part = cost.part;
    sample.bucket = cost.bucket;
    sample.preset = cost.preset;
    sample.predicted_ms = cost.predicted_ms;
    if (cost.cpu) sample.actual_ms = std::chrono::duration<double, std::milli>(*cost.cpu).count();
  }
}

/// Readers pass over lines that are not JSON: a killed run tears one.
void AddJournal(const fs::path& journal, RunCosts& costs) {
  const auto text = base::ReadWholeFile(journal);
  if (!text) return;
  std::istringstream lines(*text);
  for (std::string line; std::getline(lines, line);) {
    const store::Json event = store::Json::parse(line, nullptr, false);
    if (!event.is_object() || event.value("event", "") != "run_finished") continue;
    const auto figure = [&](const char* key) -> std::optional<double> {
      const auto found = event.find(key);
      return found != event.end() && found->is_number() ? std::optional(found->get<double>()) : std::nullopt;
    };
    if (!figure("peak_mb")) continue;
    costs.runs.push_back({.predicted_mb = figure("predicted_peak_mb"), .actual_mb = figure("peak_mb")});
  }
}

}  // namespace

base::Result<RunCosts> ReadRunCosts(const fs::path& out) {
  RunCosts costs;
  for (const fs::path& file : Manifests(out)) AddManifest(file, costs);
  AddJournal(store::FolderLayout{.root = out}.journal(), costs);
  if (costs.samples.empty() && costs.unreadable.empty()) {
    return base::Fail(base::Code::kInvalidArgument,
                      fmt::format("holds no run that was priced: `reelbatch run VIDEO --out {}` puts one there", ShellQuote(out.native())),
                      ShellQuote(out.native()));
  }
  return costs;
}

}  // namespace reelbatch::app
