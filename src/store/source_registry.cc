#include "store/source_registry.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "store/identity.h"
#include "store/source_file.h"
#include "store/video_ids.h"

namespace reelbatch::store {
namespace {

namespace fs = std::filesystem;
using contracts::Fault;
using contracts::FaultCode;

base::Error NotRegistered(const fs::path& path) {
  return {base::Code::kInternal, "was not registered", base::PathForPeople(path)};
}

}  // namespace

base::Error FolderFailed(base::Error error) {
  error.code = base::Code::kUnavailable;
  return error;
}

base::Status SourceRegistry::Register(std::span<const SourceInput> inputs,
                                      const base::CancelToken& cancel) {
  std::vector<Source> sources = SourcesOf(inputs);
  std::vector<Source> fresh;
  const base::MutexLock lock(mutex_);
  const bool first = !run_begun_;
  auto done = state_.InOneTransaction([&](StateDb::Batch& batch) -> base::Status {
    if (first) {
      if (auto cleared = batch.ClearRun(); !cleared) return cleared;
    }
    for (Source& source : sources) {
      if (cancel.cancelled()) return base::Fail(base::Code::kCancelled, "cancelled");
      const auto known = batch.Find(source.path);
      if (!known) return std::unexpected(known.error());
      if (*known == StateDb::Batch::Known::kNo) fresh.push_back(std::move(source));
      if (*known != StateDb::Batch::Known::kOfEarlierRuns) continue;
      if (auto added = batch.AddToRun(source.path, config_hash_); !added) return added;
    }
    return AddNewVideos(fresh, batch);
  });
  if (done) run_begun_ = true;
  if (done || done.error().code == base::Code::kCancelled) return done;
  return std::unexpected(FolderFailed(done.error()));
}

std::vector<SourceRegistry::Source> SourceRegistry::SourcesOf(std::span<const SourceInput> inputs) {
  std::error_code error;
  const std::string current = fs::current_path(error).native();
  std::vector<Source> sources;
  sources.reserve(inputs.size());
  for (const SourceInput& input : inputs) {
    sources.push_back({.path = NormalPath(input.path, current),
                       .relative_path = std::string(input.relative_path)});
    if (input.relative_path.empty())
      sources.back().relative_path = RelativeToCurrent(sources.back().path, current);
  }
  // Of one path under two names the id must not depend on which came first.
  std::ranges::sort(sources);
  const auto repeats = std::ranges::unique(sources, {}, &Source::path);
  sources.erase(repeats.begin(), repeats.end());
  return sources;
}

base::Status SourceRegistry::AddNewVideos(const std::vector<Source>& fresh,
                                          StateDb::Batch& batch) const {
  std::vector<std::string> stems;
  stems.reserve(fresh.size());
  std::vector<NewVideo> videos;
  videos.reserve(fresh.size());
  for (const Source& source : fresh) {
    stems.push_back(SafeStem(source.path));
    videos.push_back(
        {.path = source.path, .relative_path = source.relative_path, .stem = stems.back()});
  }
  const auto ids = AssignVideoIds(
      videos, {.stem_in_use = [&](const std::string& stem) { return batch.StemInUse(stem); },
               .id_in_use = [&](const std::string& id) { return batch.IdInUse(id); }});
  if (!ids) return std::unexpected(ids.error());
  for (size_t i = 0; i < fresh.size(); ++i) {
    const std::string lower_stem = LowerAscii(stems[i]);
    auto added = batch.AddVideo(
        {.path = fresh[i].path, .video_id = (*ids)[i], .lower_stem = lower_stem}, &config_hash_);
    if (!added) return added;
  }
  return {};
}

base::Result<VideoRow> SourceRegistry::RowOf(const fs::path& path) const {
  auto row = state_.Find(path);
  if (!row) return std::unexpected(FolderFailed(row.error()));
  std::optional<VideoRow> known = std::move(*row);
  if (!known) return std::unexpected(NotRegistered(path));
  return std::move(*known);
}

base::Result<std::string> SourceRegistry::ContentOf(const VideoRow& row,
                                                    const base::CancelToken& cancel) {
  const auto forget = [&](base::Error error) -> base::Result<std::string> {
    auto forgotten = state_.SaveContent(row.path, std::nullopt, {});
    return std::unexpected(forgotten ? std::move(error) : FolderFailed(forgotten.error()));
  };
  const auto stat = StatSource(row.path);
  if (!stat) return forget(stat.error());
  if (row.stat == *stat && !row.sha256.empty()) return row.sha256;
  auto sha256 = ContentSha256(row.path, &cancel);
  if (!sha256) return forget(sha256.error());
  if (auto saved = state_.SaveContent(row.path, *stat, *sha256); !saved) {
    return std::unexpected(FolderFailed(saved.error()));
  }
  return sha256;
}

base::Result<std::optional<Fault>> SourceRegistry::Changed(const VideoRow& row) {
  if (!row.stat)
    return std::nullopt;  // it could not be read then, so its outcome is an error already
  const auto stat = StatSource(row.path);
  if (stat && *stat == *row.stat) return std::nullopt;
  const auto sha256 = stat ? ContentSha256(row.path, nullptr)
                           : base::Result<std::string>(std::unexpected(stat.error()));
  if (sha256 && *sha256 == row.sha256) {
    // Touched or given other permissions, but the same bytes.
    if (auto saved = state_.SaveContent(row.path, *stat, *sha256); !saved) {
      return std::unexpected(FolderFailed(saved.error()));
    }
    return std::nullopt;
  }
  return Fault{
      FaultCode::kSourceChanged,
      fmt::format("{}: the file changed while it was read: run again when the file is complete",
                  base::PathForPeople(row.path))};
}

}  // namespace reelbatch::store
