#include "store/source_registry.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

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

base::Status SourceRegistry::Register(const std::vector<fs::path>& inputs,
                                      const base::CancelToken& cancel) {
  if (registered_) return base::Fail(base::Code::kInvalidArgument, "inputs are already registered");
  std::vector<fs::path> paths;
  paths.reserve(inputs.size());
  for (const fs::path& input : inputs) paths.push_back(AbsolutePath(input));
  std::sort(paths.begin(), paths.end());
  paths.erase(std::unique(paths.begin(), paths.end()), paths.end());
  // One transaction: a kill leaves the ids of all inputs or of none, so that a resumed run gives
  // the same ones.
  if (auto begun = state_.Begin(); !begun) return std::unexpected(FolderFailed(begun.error()));
  if (auto done = RegisterPaths(paths, cancel); !done) {
    state_.Rollback();
    return done;
  }
  if (auto done = state_.Commit(); !done) return std::unexpected(FolderFailed(done.error()));
  registered_ = true;
  return {};
}

base::Status SourceRegistry::RegisterPaths(const std::vector<fs::path>& paths,
                                           const base::CancelToken& cancel) {
  std::vector<fs::path> fresh;
  for (const fs::path& path : paths) {
    const auto row = state_.Find(path);
    if (!row) return std::unexpected(FolderFailed(row.error()));
    if (!*row) fresh.push_back(path);
  }
  if (auto added = AddNewVideos(fresh, cancel); !added) return added;
  if (auto cleared = state_.ClearRun(); !cleared) {
    return std::unexpected(FolderFailed(cleared.error()));
  }
  for (const fs::path& path : paths) {
    if (auto added = state_.AddToRun(path, config_hash_); !added) {
      return std::unexpected(FolderFailed(added.error()));
    }
  }
  return {};
}

base::Status SourceRegistry::AddNewVideos(const std::vector<fs::path>& fresh,
                                          const base::CancelToken& cancel) {
  struct Content {
    SourceStat stat;
    std::string sha256;
  };
  std::map<fs::path, Content> contents;  // of the few whose stems collide
  const KnownVideos known{
      .stem_in_use = [this](const std::string& stem) { return state_.StemInUse(stem); },
      .id_in_use = [this](const std::string& id) { return state_.IdInUse(id); },
      .content_sha256 = [&](const fs::path& path) -> base::Result<std::string> {
        if (const auto found = contents.find(path); found != contents.end())
          return found->second.sha256;
        const auto stat = StatSource(path);
        if (!stat) return std::unexpected(stat.error());
        const auto sha256 = ContentSha256(path, &cancel);
        if (sha256) contents[path] = Content{*stat, *sha256};
        return sha256;
      }};
  const auto ids = AssignVideoIds(fresh, known);
  if (!ids) {
    const bool cancelled = ids.error().code == base::Code::kCancelled;
    return std::unexpected(cancelled ? ids.error() : FolderFailed(ids.error()));
  }
  for (size_t i = 0; i < fresh.size(); ++i) {
    base::Status added = state_.AddVideo(fresh[i], (*ids)[i]);
    const auto content = contents.find(fresh[i]);
    if (added && content != contents.end()) {
      added = state_.SaveContent(fresh[i], content->second.stat, content->second.sha256);
    }
    if (!added) return std::unexpected(FolderFailed(added.error()));
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
  return Fault{FaultCode::kSourceChanged,
               fmt::format("{}: changed while it was read: run again when it is complete",
                           base::PathForPeople(row.path))};
}

}  // namespace reelbatch::store
