#include "store/verify.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "base/hash.h"
#include "base/text.h"
#include "store/journal.h"
#include "store/run_folders.h"
#include "store/run_summary_reader.h"

namespace reelbatch::store {

namespace {

namespace fs = std::filesystem;
using ProblemKind = Problem::Kind;

class Verifier {
 public:
  Verifier(const FolderLayout& layout, const base::CancelToken& cancel)
      : layout_(layout), cancel_(cancel) {}

  base::Result<VerifyReport> Go() {
    // Video by video: the files of 100 000 would not fit into memory.
    std::vector<NotRead> not_read;
    std::vector<fs::path> unnamed = FilesIn(layout_.videos(), &not_read);
    for (const fs::path& video : SubFolders(layout_.videos())) {
      known_.clear();
      for (const RunFolder& run : RunFoldersOf(video)) {
        if (auto looked = Look(run); !looked) return std::unexpected(looked.error());
      }
      for (fs::path& file : FilesBelow(video, &not_read)) {
        if (!known_.contains(file)) unnamed.push_back(std::move(file));
      }
    }
    std::ranges::sort(unnamed);
    for (const fs::path& file : unnamed)
      Add(ProblemKind::kFileUnnamed, file, "is not in any manifest");
    for (const NotRead& left_out : not_read) AddNotRead(left_out.path, left_out.reason);
    CheckSummary();
    CheckLastRun();
    return std::move(report_);
  }

 private:
  void Add(ProblemKind kind, const fs::path& path, std::string detail) {
    report_.problems.push_back(
        {.kind = kind, .path = path.lexically_relative(layout_.root), .detail = std::move(detail)});
  }

  /// Once per path, however many ways lead there.
  void AddNotRead(const fs::path& path, const std::string& reason) {
    if (not_read_.insert(path).second)
      Add(ProblemKind::kNotRead, path,
          fmt::format("cannot be read ({}), so its contents were not checked", reason));
  }

  /// Errors: cancelled.
  base::Status Look(const RunFolder& run) {
    const fs::path file = run.path / kManifestFile;
    std::error_code error;
    if (!fs::exists(file, error)) {
      if (error) {
        AddNotRead(run.path, error.message());
        for (fs::path& left : FilesBelow(run.path)) known_.insert(std::move(left));
        return {};
      }
      Add(ProblemKind::kManifestMissing, run.path,
          "has no manifest, because a run was killed: complete it with `reelbatch run`, or remove "
          "it with `reelbatch prune`");
      for (fs::path& left : FilesBelow(run.path)) known_.insert(std::move(left));
      return {};
    }
    const auto manifest = ReadManifest(run.path);
    if (!manifest) {
      Add(ProblemKind::kManifestUnreadable, file, manifest.error().Text());
      for (fs::path& left : FilesBelow(run.path)) known_.insert(std::move(left));
      return {};
    }
    ++report_.manifests;
    for (const std::string& name : NamedFiles(*manifest)) known_.insert(run.path / name);
    if (manifest->video_id != run.video_id || manifest->run_id != run.run_id)
      Add(ProblemKind::kManifestMisplaced, file,
          fmt::format("is that of {}/{}", manifest->video_id, manifest->run_id));
    for (const ManifestComponent& made : manifest->components) {
      if (made.finished()) CheckIdentity(file, *manifest, made);
      for (const ArtifactEntry& artifact : made.artifacts) {
        if (auto checked = Check(run.path / artifact.path, artifact); !checked) return checked;
      }
    }
    return {};
  }

  void CheckIdentity(const fs::path& file, const Manifest& manifest,
                     const ManifestComponent& made) {
    const std::string& name = made.identity.component;
    const auto wrong = [&](const std::string& what) {
      Add(ProblemKind::kDigestWrong, file, name + ": " + what);
    };
    if (made.key != made.identity.Key())
      Add(ProblemKind::kManifestMisplaced, file, name + ": key does not match its fields");
    if (made.artifacts.empty()) wrong("is finished, but lists no file");
    if (made.result_digest != ResultDigest(made.artifacts))
      wrong("result_digest does not match its files");
    for (const auto& [used, digest] : made.identity.uses) {
      const ManifestComponent* const other = manifest.Find(used);
      if (other == nullptr) {
        CheckOutside(file, made, used, digest);
        continue;
      }
      if (!other->finished()) {
        wrong(fmt::format("was made with a result of {}, which has failed", used));
      } else if (ResultDigest(other->artifacts) != digest) {
        wrong(fmt::format("was made with a result of {} that differs from the one in this folder",
                          used));
      }
    }
  }

  /// A result that was taken from another run.
  void CheckOutside(const fs::path& file, const ManifestComponent& made, const std::string& used,
                    const std::string& digest) {
    const auto from = made.uses_from.find(used);
    if (from == made.uses_from.end()) return;
    const auto manifest = ReadManifest(layout_.root / from->second);
    const ManifestComponent* const other = manifest ? manifest->Find(used) : nullptr;
    if (other != nullptr && other->finished() && ResultDigest(other->artifacts) == digest) return;
    Add(ProblemKind::kDigestWrong, file,
        fmt::format("{}: was made with a result of {} that is no longer in {}",
                    made.identity.component, used, from->second));
  }

  base::Status Check(const fs::path& file, const ArtifactEntry& artifact) {
    std::error_code error;
    const fs::file_type type = fs::status(file, error).type();
    if (type == fs::file_type::none) {
      AddNotRead(file, error.message());
      return {};
    }
    if (type != fs::file_type::regular) {
      Add(ProblemKind::kArtifactMissing, file, "is not there");
      return {};
    }
    if (fs::is_symlink(file, error)) {
      Add(ProblemKind::kArtifactMissing, file,
          "is a symbolic link, but a result must have its own files");
      return {};
    }
    ++report_.artifacts;
    const auto size = static_cast<int64_t>(fs::file_size(file, error));
    if (error || size != artifact.bytes) {
      Add(ProblemKind::kArtifactDamaged, file,
          fmt::format("has {} bytes, but its manifest says {}", size, artifact.bytes));
      return {};
    }
    const auto digest = base::Sha256HexOfFile(file, &cancel_);
    if (!digest && digest.error().code == base::Code::kCancelled)
      return std::unexpected(digest.error());
    report_.bytes += size;
    if (!digest) {
      AddNotRead(file, digest.error().message);
    } else if (*digest != artifact.sha256) {
      Add(ProblemKind::kArtifactDamaged, file, "has a hash that differs from its manifest");
    }
    return {};
  }

  void CheckSummary() {
    const fs::path file = layout_.run_summary();
    std::error_code error;
    if (!fs::exists(file, error)) return;  // no run has ended yet
    const size_t before = report_.problems.size();
    const auto summary =
        ReadRunSummary(file, [&](const std::string& path) { CheckReference(path); });
    if (summary && summary->has_videos) return;
    report_.problems.resize(before);
    Add(ProblemKind::kSummaryWrong, file, "cannot be read; the next run will write it again");
  }

  void CheckLastRun() {
    const auto last = LastRunIn(layout_.journal());
    if (!last) {
      AddNotRead(layout_.journal(), last.error().message);
    } else if (!last->run_id.empty() && !last->finished) {
      Add(ProblemKind::kRunUnfinished, layout_.run_summary(),
          fmt::format("does not belong to the last run, {}, which was killed or is still running; "
                      "`reelbatch run` continues it",
                      last->run_id));
    }
  }

  void CheckReference(const std::string& path) {
    std::error_code error;
    if (!fs::exists(layout_.root / path, error))
      Add(ProblemKind::kSummaryWrong, layout_.run_summary(),
          fmt::format("names {}, which does not exist", path));
  }

  const FolderLayout& layout_;
  const base::CancelToken& cancel_;
  VerifyReport report_;
  std::set<fs::path> known_;  // files of one video
  std::set<fs::path> not_read_;
};

}  // namespace

std::string_view ProblemName(ProblemKind kind) {
  switch (kind) {
    case ProblemKind::kManifestMissing:
      return "manifest_missing";
    case ProblemKind::kManifestUnreadable:
      return "manifest_unreadable";
    case ProblemKind::kManifestMisplaced:
      return "manifest_misplaced";
    case ProblemKind::kDigestWrong:
      return "digest_wrong";
    case ProblemKind::kArtifactMissing:
      return "artifact_missing";
    case ProblemKind::kArtifactDamaged:
      return "artifact_damaged";
    case ProblemKind::kFileUnnamed:
      return "file_unnamed";
    case ProblemKind::kNotRead:
      return "not_read";
    case ProblemKind::kRunUnfinished:
      return "run_unfinished";
    case ProblemKind::kSummaryWrong:
      return "summary_wrong";
  }
  return "manifest_missing";
}

base::Result<VerifyReport> VerifyFolder(const FolderLayout& layout,
                                        const base::CancelToken& cancel) {
  if (auto checked = CheckIsOutputFolder(layout); !checked) return std::unexpected(checked.error());
  return Verifier(layout, cancel).Go();
}

}  // namespace reelbatch::store
