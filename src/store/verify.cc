#include "store/verify.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "base/atomic_file.h"
#include "base/hash.h"
#include "base/text.h"
#include "store/run_folders.h"

namespace reelbatch::store {

using base::Json;

namespace {

namespace fs = std::filesystem;
using Kind = Problem::Kind;

class Verifier {
 public:
  Verifier(const FolderLayout& layout, const base::CancelToken& cancel)
      : layout_(layout), cancel_(cancel) {}

  base::Result<VerifyReport> Go() {
    for (const RunFolder& run : RunFolders(layout_)) {
      if (auto looked = Look(run); !looked) return std::unexpected(looked.error());
    }
    for (const fs::path& file : FilesBelow(layout_.videos())) {
      if (!known_.contains(file)) Add(Kind::kFileUnnamed, file, "is named by no manifest");
    }
    CheckSummary();
    return std::move(report_);
  }

 private:
  void Add(Kind kind, const fs::path& path, std::string detail) {
    report_.problems.push_back(
        {.kind = kind, .path = path.lexically_relative(layout_.root), .detail = std::move(detail)});
  }

  /// Errors: cancelled.
  base::Status Look(const RunFolder& run) {
    const fs::path file = run.path / kManifestFile;
    std::error_code error;
    if (!fs::exists(file, error)) {
      Add(Kind::kManifestMissing, run.path,
          "has no manifest: a run was killed here; `reelbatch run` makes it, `reelbatch prune` "
          "removes it");
      for (fs::path& left : FilesBelow(run.path)) known_.insert(std::move(left));
      return {};
    }
    const auto manifest = ReadManifest(run.path);
    if (!manifest) {
      Add(Kind::kManifestUnreadable, file, manifest.error().Text());
      for (fs::path& left : FilesBelow(run.path)) known_.insert(std::move(left));
      return {};
    }
    ++report_.manifests;
    for (const std::string& name : NamedFiles(*manifest)) known_.insert(run.path / name);
    if (manifest->video_id != run.video_id || manifest->run_id != run.run_id)
      Add(Kind::kManifestMisplaced, file,
          fmt::format("is that of {}/{}", manifest->video_id, manifest->run_id));
    for (const ManifestComponent& made : manifest->components) {
      if (made.finished() && made.key != made.identity.Key())
        Add(Kind::kManifestMisplaced, file,
            fmt::format("{}: key is not that of its fields", made.identity.component));
      for (const ArtifactEntry& artifact : made.artifacts) {
        if (auto checked = Check(run.path / artifact.path, artifact); !checked) return checked;
      }
    }
    return {};
  }

  base::Status Check(const fs::path& file, const ArtifactEntry& artifact) {
    std::error_code error;
    if (!fs::is_regular_file(file, error)) {
      Add(Kind::kArtifactMissing, file, "is not there");
      return {};
    }
    if (fs::is_symlink(file, error)) {
      Add(Kind::kArtifactMissing, file, "is a symbolic link: a result has files of its own");
      return {};
    }
    ++report_.artifacts;
    const auto size = static_cast<int64_t>(fs::file_size(file, error));
    if (error || size != artifact.bytes) {
      Add(Kind::kArtifactDamaged, file,
          fmt::format("has {} bytes, its manifest says {}", size, artifact.bytes));
      return {};
    }
    const auto digest = base::Sha256HexOfFile(file, &cancel_);
    if (!digest && digest.error().code == base::Code::kCancelled)
      return std::unexpected(digest.error());
    report_.bytes += size;
    if (!digest) {
      Add(Kind::kArtifactDamaged, file, digest.error().message);
    } else if (*digest != artifact.sha256) {
      Add(Kind::kArtifactDamaged, file, "has another hash than its manifest says");
    }
    return {};
  }

  void CheckSummary() {
    const fs::path file = layout_.run_summary();
    std::error_code error;
    if (!fs::exists(file, error)) return;  // no run has ended yet
    const auto text = base::ReadWholeFile(file);
    const Json summary = text ? Json::parse(*text, nullptr, false) : Json();
    if (!summary.is_object() || !summary.contains("videos") || !summary["videos"].is_array()) {
      Add(Kind::kSummaryWrong, file, "cannot be read: the next run writes it anew");
      return;
    }
    for (const Json& video : summary["videos"]) {
      if (!video.is_object()) continue;
      CheckReference(video.value("manifest", Json()));
      for (const Json& artifact : video.value("artifacts", Json::array())) CheckReference(artifact);
    }
  }

  void CheckReference(const Json& reference) {
    if (!reference.is_string()) return;
    const auto path = reference.get<std::string>();
    std::error_code error;
    if (!fs::exists(layout_.root / path, error))
      Add(Kind::kSummaryWrong, layout_.run_summary(),
          fmt::format("names {}, which is not there", path));
  }

  const FolderLayout& layout_;
  const base::CancelToken& cancel_;
  VerifyReport report_;
  std::set<fs::path> known_;
};

}  // namespace

std::string_view ProblemName(Kind kind) {
  switch (kind) {
    case Kind::kManifestMissing:
      return "manifest_missing";
    case Kind::kManifestUnreadable:
      return "manifest_unreadable";
    case Kind::kManifestMisplaced:
      return "manifest_misplaced";
    case Kind::kArtifactMissing:
      return "artifact_missing";
    case Kind::kArtifactDamaged:
      return "artifact_damaged";
    case Kind::kFileUnnamed:
      return "file_unnamed";
    case Kind::kSummaryWrong:
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
