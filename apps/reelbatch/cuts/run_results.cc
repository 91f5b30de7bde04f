#include "apps/reelbatch/cuts/run_results.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "apps/reelbatch/terminal.h"
#include "base/atomic_file.h"
#include "components/cut_detection/cut_settings.h"
#include "components/cut_detection/cuts_document.h"
#include "components/cut_detection/selection.h"
#include "store/folder_layout.h"

namespace reelbatch::app {
namespace {

namespace fs = std::filesystem;

// Below a run's folder.
constexpr std::string_view kCutsFile = "cut_detection/cuts.json";

/// Of all runs over one video. A run may have linked the cuts of an earlier one: its manifest says
/// when it was made.
std::optional<fs::path> NewestCuts(const fs::path& video_folder) {
  std::optional<fs::path> newest;
  fs::file_time_type newest_time;
  std::error_code error;
  for (const fs::directory_entry& run : fs::directory_iterator(video_folder, error)) {
    const fs::path cuts = run.path() / kCutsFile;
    const auto made = fs::last_write_time(cuts, error);
    if (error) continue;
    const auto committed = fs::last_write_time(run.path() / store::kManifestFile, error);
    const auto time = error ? made : committed;
    if (newest && time <= newest_time) continue;
    newest = cuts;
    newest_time = time;
  }
  return newest;
}

base::Result<std::vector<fs::path>> CutsFiles(const fs::path& from) {
  std::error_code error;
  if (fs::is_regular_file(from, error)) return std::vector<fs::path>{from};
  std::vector<fs::path> files;
  for (const fs::directory_entry& video :
       fs::directory_iterator(store::FolderLayout{.root = from}.videos(), error)) {
    if (auto newest = NewestCuts(video.path())) files.push_back(std::move(*newest));
  }
  std::ranges::sort(files);
  if (!files.empty()) return files;
  return base::Fail(
      base::Code::kInvalidArgument,
      fmt::format("holds no cuts of a run: `reelbatch run VIDEO --out {}` puts them there",
                  ShellQuote(from.native())),
      ShellQuote(from.native()));
}

base::Result<components::CutsRecord> ReadRecord(const fs::path& file) {
  const auto text = base::ReadWholeFile(file);
  if (!text) return std::unexpected(text.error());
  return components::ParseCutsDocument(*text, ShellQuote(file.native()));
}

}  // namespace

base::Result<RunResults> ReadRunResults(const fs::path& from) {
  const auto files = CutsFiles(from);
  if (!files) return std::unexpected(files.error());
  RunResults results;
  for (const fs::path& file : *files) {
    auto record = ReadRecord(file);
    if (record) {
      results.records.push_back(std::move(*record));
    } else {
      results.unreadable.push_back(std::move(record.error()));
    }
  }
  return results;
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
