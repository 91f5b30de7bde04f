#include "store/prune.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/stat.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "base/atomic_file.h"
#include "base/text.h"
#include "store/run_folders.h"
#include "store/run_summary_reader.h"

namespace reelbatch::store {

namespace {

namespace fs = std::filesystem;
using PrunableKind = Prunable::Kind;

/// Sums up what files hold. A file with several names is freed with the last of them.
class Freed {
 public:
  /// Returns the file's size.
  int64_t Add(const fs::path& file) {
    struct stat info{};
    if (lstat(file.c_str(), &info) != 0) return 0;
    ++files_;
    if (++names_[{info.st_dev, info.st_ino}] >= info.st_nlink) bytes_ += info.st_size;
    return info.st_size;
  }
  int64_t files() const { return files_; }
  int64_t bytes() const { return bytes_; }

 private:
  std::map<std::pair<dev_t, ino_t>, nlink_t> names_;
  int64_t files_ = 0;
  int64_t bytes_ = 0;
};

struct LastRun {
  std::string run_id;  // empty: run.json is not there
  bool finished = true;
};

/// Errors: corrupt.
base::Result<LastRun> ReadLastRun(const FolderLayout& layout) {
  const fs::path file = layout.run_summary();
  std::error_code error;
  if (!fs::exists(file, error)) return LastRun{};
  auto summary = ReadRunSummary(file);
  if (!summary && summary.error().code != base::Code::kCorrupt)
    return std::unexpected(summary.error());
  if (summary && !summary->run_id.empty()) {
    const bool finished = summary->ending.empty() || summary->ending == "finished";
    return LastRun{.run_id = std::move(summary->run_id), .finished = finished};
  }
  return base::Fail(
      base::Code::kCorrupt,
      "does not say which run was the last one: run `reelbatch run` again, then prune",
      base::PathForPeople(file));
}

base::Result<std::vector<std::string>> RunsToKeep(const FolderLayout& layout,
                                                  const std::vector<std::string>& keep,
                                                  const std::vector<RunFolder>& runs) {
  for (const std::string& run_id : keep) {
    if (std::ranges::find(runs, run_id, &RunFolder::run_id) != runs.end()) continue;
    std::set<std::string> known;
    for (const RunFolder& run : runs) known.insert(run.run_id);
    return base::Fail(base::Code::kInvalidArgument,
                      known.empty() ? fmt::format("has no run {}, and no other run", run_id)
                                    : fmt::format("has no run {}; its runs are {}", run_id,
                                                  fmt::join(known, ", ")),
                      base::PathForPeople(layout.root));
  }
  std::vector<std::string> kept = keep;
  const auto last = ReadLastRun(layout);
  if (!last) return std::unexpected(last.error());
  const std::string& id = last->run_id;
  if (!id.empty() && std::ranges::find(kept, id) == kept.end()) kept.push_back(id);
  const bool there = std::ranges::find(runs, id, &RunFolder::run_id) != runs.end();
  if (keep.empty() && !id.empty() && (!last->finished || !there)) {
    return base::Fail(
        base::Code::kInvalidArgument,
        fmt::format("its last run {} {}: run it again, or name the runs to keep with --keep", id,
                    there ? "did not finish" : "left no result"),
        base::PathForPeople(layout.root));
  }
  if (!kept.empty()) return kept;
  return base::Fail(base::Code::kInvalidArgument,
                    "has no run.json that names the last run: name the runs to keep with --keep",
                    base::PathForPeople(layout.root));
}

class Planner {
 public:
  explicit Planner(const FolderLayout& layout) : layout_(layout) {}

  base::Result<PrunePlan> Go(const std::vector<std::string>& keep) {
    const std::vector<RunFolder> runs = RunFolders(layout_);
    auto kept = RunsToKeep(layout_, keep, runs);
    if (!kept) return std::unexpected(kept.error());
    plan_.kept_runs = std::move(*kept);
    std::set<fs::path> stay;
    for (const RunFolder& run : runs) {
      if (std::ranges::find(plan_.kept_runs, run.run_id) != plan_.kept_runs.end())
        Keep(run.path, stay);
    }
    KeepOnlyResults(runs, stay);
    for (const RunFolder& run : runs) {
      if (stay.contains(run.path)) {
        LookInto(run);
      } else {
        AddFolder(PrunableKind::kRun, run.path);
      }
    }
    for (const fs::path& file : FilesBelow(layout_.temporaries()))
      Add(PrunableKind::kTemporary, file);
    plan_.files = freed_.files();
    plan_.bytes = freed_.bytes();
    return std::move(plan_);
  }

 private:
  void Add(PrunableKind kind, const fs::path& file) {
    const int64_t bytes = freed_.Add(file);
    plan_.items.push_back(
        {.kind = kind, .path = file.lexically_relative(layout_.root), .bytes = bytes});
  }

  /// A video of which no run that is kept has a result keeps the results that it has.
  static void KeepOnlyResults(const std::vector<RunFolder>& runs, std::set<fs::path>& stay) {
    std::set<std::string> told;
    std::vector<const RunFolder*> others;
    for (const RunFolder& run : runs) {
      const auto manifest = ReadManifest(run.path);
      if (!manifest || !std::ranges::any_of(manifest->components, &ManifestComponent::finished))
        continue;
      if (stay.contains(run.path)) {
        told.insert(run.video_id);
      } else {
        others.push_back(&run);
      }
    }
    for (const RunFolder* run : others) {
      if (!told.contains(run->video_id)) stay.insert(run->path);
    }
  }

  /// With the folders whose results components in it took.
  void Keep(const fs::path& folder, std::set<fs::path>& stay) const {
    if (!stay.insert(folder).second) return;
    const auto manifest = ReadManifest(folder);
    if (!manifest) return;
    for (const ManifestComponent& component : manifest->components) {
      for (const auto& [used, from] : component.uses_from) Keep(layout_.root / from, stay);
    }
  }

  void AddFolder(PrunableKind kind, const fs::path& folder) {
    int64_t bytes = 0;
    for (const fs::path& file : FilesBelow(folder)) bytes += freed_.Add(file);
    plan_.items.push_back(
        {.kind = kind, .path = folder.lexically_relative(layout_.root), .bytes = bytes});
  }

  void LookInto(const RunFolder& run) {
    std::error_code error;
    const fs::file_status status = fs::symlink_status(run.path / kManifestFile, error);
    if (status.type() == fs::file_type::not_found) {
      AddFolder(PrunableKind::kUnfinished, run.path);
      return;
    }
    const auto manifest = ReadManifest(run.path);
    if (!manifest) return;  // which of its files were meant is not known
    std::set<fs::path> named;
    for (const std::string& name : NamedFiles(*manifest)) named.insert(run.path / name);
    for (const fs::path& file : FilesBelow(run.path)) {
      if (!named.contains(file)) Add(PrunableKind::kUnnamedFile, file);
    }
  }

  const FolderLayout& layout_;
  PrunePlan plan_;
  Freed freed_;
};

/// Of a video whose last run is gone, or a component without files.
void RemoveEmptyFolders(const fs::path& from, const fs::path& root) {
  std::error_code error;
  for (fs::path folder = from; folder != root && fs::is_empty(folder, error) && !error;
       folder = folder.parent_path()) {
    if (!fs::remove(folder, error) || error) return;
  }
}

}  // namespace

std::string_view PrunableName(PrunableKind kind) {
  switch (kind) {
    case PrunableKind::kRun:
      return "run";
    case PrunableKind::kUnfinished:
      return "unfinished";
    case PrunableKind::kUnnamedFile:
      return "unnamed_file";
    case PrunableKind::kTemporary:
      return "temporary";
  }
  return "run";
}

base::Result<PrunePlan> PlanPrune(const FolderLayout& layout,
                                  const std::vector<std::string>& keep) {
  if (auto checked = CheckIsOutputFolder(layout); !checked) return std::unexpected(checked.error());
  // What a link leads to is somebody else's.
  for (const fs::path& own : {layout.marker(), layout.temporaries(), layout.videos()}) {
    std::error_code error;
    if (!fs::is_symlink(own, error)) continue;
    return base::Fail(base::Code::kInvalidArgument,
                      "is a symbolic link, and prune does not follow links; name the real folder",
                      base::PathForPeople(own));
  }
  return Planner(layout).Go(keep);
}

base::Status Prune(const FolderLayout& layout, const PrunePlan& plan) {
  for (const Prunable& item : plan.items) {
    const fs::path path = layout.root / item.path;
    std::error_code error;
    // Without its manifest a folder that is half removed is no result any more.
    if (item.kind == PrunableKind::kRun) fs::remove(path / kManifestFile, error);
    if (!error) fs::remove_all(path, error);
    if (error) return std::unexpected(base::FileError(error.value(), "remove", path));
    if (item.kind != PrunableKind::kTemporary)
      RemoveEmptyFolders(path.parent_path(), layout.videos());
  }
  return {};
}

}  // namespace reelbatch::store
