#include "apps/reelbatch/cuts/run_results.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "apps/reelbatch/terminal.h"
#include "base/atomic_file.h"
#include "base/hash.h"
#include "components/cut_detection/cut_settings.h"
#include "components/cut_detection/cuts_document.h"
#include "components/cut_detection/selection.h"
#include "store/folder_layout.h"
#include "store/npz_reader.h"
#include "store/run_folders.h"
#include "store/run_summary_reader.h"

namespace reelbatch::app {
namespace {

namespace fs = std::filesystem;

// Below a run's folder.
constexpr std::string_view kCutsFile = "cut_detection/cuts.json";
// Beside it.
constexpr std::string_view kArraysFile = "cut_detection.npz";

/// The file with the events of one video that a run has committed.
struct Committed {
  fs::path file;
  std::string run_id;
  std::string sha256;
  fs::file_time_type when;
};

/// Of all runs over one video whose manifest names such a file. A run may have linked the cuts of
/// an earlier one: its manifest says when it was made.
std::vector<Committed> CommittedCuts(const fs::path& video_folder) {
  std::vector<Committed> committed;
  for (const fs::path& run : store::SubFolders(video_folder)) {
    const auto manifest = store::ReadManifest(run);
    std::error_code error;
    const auto when = fs::last_write_time(run / store::kManifestFile, error);
    if (!manifest || error) continue;
    for (const store::ManifestComponent& made : manifest->components) {
      const auto file =
          std::ranges::find(made.artifacts, std::string(kCutsFile), &store::ArtifactEntry::path);
      if (!made.finished() || file == made.artifacts.end()) continue;
      committed.push_back({.file = run / kCutsFile,
                           .run_id = run.filename().native(),
                           .sha256 = file->sha256,
                           .when = when});
    }
  }
  return committed;
}

/// Those of the run that run.json tells of, else the newest.
std::optional<Committed> ChosenCuts(const fs::path& video_folder, const std::string& last_run) {
  std::vector<Committed> committed = CommittedCuts(video_folder);
  const auto chosen = std::ranges::max_element(committed, {}, [&](const Committed& each) {
    return std::pair(each.run_id == last_run, each.when);
  });
  return chosen == committed.end() ? std::nullopt : std::optional(std::move(*chosen));
}

/// The run that run.json tells of; empty: none.
std::string LastRun(const store::FolderLayout& layout) {
  return store::ReadRunSummary(layout.run_summary()).value_or(store::SummaryFacts()).run_id;
}

base::Result<std::vector<Committed>> CutsFiles(const fs::path& from) {
  std::error_code error;
  if (fs::is_regular_file(from, error))
    return std::vector<Committed>{{.file = from, .run_id = {}, .sha256 = {}, .when = {}}};
  const store::FolderLayout layout{.root = from};
  const std::string last_run = LastRun(layout);
  std::vector<Committed> files;
  for (const fs::path& video : store::SubFolders(layout.videos())) {
    if (auto chosen = ChosenCuts(video, last_run)) files.push_back(std::move(*chosen));
  }
  std::ranges::sort(files, {}, &Committed::file);
  if (!files.empty()) return files;
  return base::Fail(base::Code::kInvalidArgument,
                    fmt::format("has no cuts of a run: run `reelbatch run VIDEO --out {}` first",
                                ShellQuote(from.native())),
                    ShellQuote(from.native()));
}

base::Result<components::CutsRecord> ReadRecord(const Committed& committed) {
  const auto text = base::ReadWholeFile(committed.file);
  if (!text) return std::unexpected(text.error());
  const std::string name = ShellQuote(committed.file.native());
  if (!committed.sha256.empty() && base::Sha256Hex(*text) != committed.sha256) {
    return base::Fail(base::Code::kCorrupt, "differs from its manifest: run `reelbatch run` again",
                      name);
  }
  auto record = components::ParseCutsDocument(*text, name);
  if (!record && committed.sha256.empty())
    record.error().message += "; name an output folder of `reelbatch run`, or a cuts.json in it";
  return record;
}

}  // namespace

base::Result<RunResults> ReadRunResults(const fs::path& from) {
  const auto files = CutsFiles(from);
  if (!files) return std::unexpected(files.error());
  RunResults results;
  for (const Committed& file : *files) {
    auto record = ReadRecord(file);
    if (record) {
      results.records.push_back(std::move(*record));
      results.arrays.push_back(file.file.parent_path() / kArraysFile);
    } else {
      results.unreadable.push_back(std::move(record.error()));
    }
  }
  return results;
}

base::Status ReadSignals(const fs::path& arrays, const std::vector<std::string_view>& columns,
                         components::CutsRecord& record) {
  auto content = store::ReadNpz(arrays);
  if (!content) return std::unexpected(content.error());
  record.signals = contracts::SignalsOf({.arrays = std::move(content->arrays)}, columns);
  return {};
}

void DecideAgain(const contracts::RunConfig& config, components::CutsRecord& record) {
  const auto min_confidence = components::MinConfidenceOf(config);
  if (!min_confidence) return;
  std::vector<contracts::Event> found = std::move(record.events);
  found.insert(found.end(), record.candidates.begin(), record.candidates.end());
  components::Selection selection = components::Select(std::move(found), *min_confidence);
  record.events = std::move(selection.events);
  record.candidates = std::move(selection.candidates);
  record.knobs.min_confidence = *min_confidence;
  if (record.shots.empty()) return;
  contracts::Shot whole = record.shots.front();
  whole.end_frame = record.shots.back().end_frame;
  whole.end_s = record.shots.back().end_s;
  record.shots = components::SplitIntoShots(whole, record.events);
  record.shot_lengths = {};  // those of another line: whoever wants them asks for them again
}

}  // namespace reelbatch::app
