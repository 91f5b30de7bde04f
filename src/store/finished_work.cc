#include "store/finished_work.h"

#include <algorithm>
#include <array>

#include "base/atomic_file.h"
#include "base/hash.h"
#include "store/cuts_document.h"
#include "store/folder_layout.h"
#include "store/manifest.h"

namespace reelbatch::store {
namespace {

namespace fs = std::filesystem;
using contracts::FaultCode;
using contracts::VideoOutcome;
using contracts::VideoStatus;

bool Lists(const Manifest& manifest, std::string_view artifact) {
  return std::any_of(manifest.artifacts.begin(), manifest.artifacts.end(),
                     [artifact](const ArtifactEntry& entry) { return entry.path == artifact; });
}

/// Errors: cancelled.
base::Result<bool> IsWhole(const fs::path& file, const ArtifactEntry& entry,
                           const base::CancelToken& cancel) {
  std::error_code error;
  if (!fs::is_regular_file(file, error)) return false;
  const auto size = fs::file_size(file, error);
  if (error || static_cast<int64_t>(size) != entry.bytes) return false;
  const auto digest = base::Sha256HexOfFile(file, &cancel);
  if (!digest && digest.error().code == base::Code::kCancelled) {
    return std::unexpected(digest.error());
  }
  return digest && *digest == entry.sha256;
}

VideoOutcome OutcomeOf(const Manifest& manifest, CutsRecord record) {
  VideoOutcome outcome;
  outcome.status = VideoStatus::kSkipped;
  outcome.empty_reason = manifest.empty_reason;
  outcome.info = std::move(record.info);
  outcome.decode = std::move(record.decode);
  outcome.decode->truncated = manifest.decode && manifest.decode->truncated;  // not in cuts.json
  contracts::CutDetectionResult& cuts = outcome.cuts.emplace();
  cuts.knobs = std::move(record.knobs);
  cuts.width = record.width;
  cuts.height = record.height;
  cuts.events = std::move(record.events);
  cuts.shots = std::move(record.shots);
  cuts.warnings = std::move(record.warnings);
  return outcome;
}

}  // namespace

base::Result<std::optional<VideoOutcome>> FindFinishedWork(const fs::path& run_folder,
                                                           const IdempotencyKey& key,
                                                           const base::CancelToken& cancel) {
  const fs::path file = run_folder / kManifestFile;
  const auto text = base::ReadWholeFile(file);
  if (!text) return std::nullopt;
  const auto manifest = ParseManifest(*text, file.native());
  if (!manifest || manifest->status == VideoStatus::kError || manifest->key.Text() != key.Text()) {
    return std::nullopt;
  }
  for (const std::string_view artifact : {kNpzFile, kCutsFile}) {
    if (!Lists(*manifest, artifact)) return std::nullopt;
  }
  for (const ArtifactEntry& entry : manifest->artifacts) {
    const auto whole = IsWhole(run_folder / entry.path, entry, cancel);
    if (!whole) return std::unexpected(whole.error());
    if (!*whole) return std::nullopt;
  }
  const fs::path cuts = run_folder / kCutsFile;
  const auto document = base::ReadWholeFile(cuts);
  if (!document) return std::nullopt;
  auto record = ParseCutsDocument(*document, cuts.native());
  if (!record) return std::nullopt;
  return OutcomeOf(*manifest, std::move(*record));
}

bool KeepsEarlierResult(const fs::path& run_folder, const IdempotencyKey& key,
                        const contracts::Fault& fault) {
  const fs::path file = run_folder / kManifestFile;
  const auto text = base::ReadWholeFile(file);
  if (!text) return false;
  const auto manifest = ParseManifest(*text, file.native());
  if (!manifest || manifest->status == VideoStatus::kError) return false;
  const bool may_pass = fault.code == FaultCode::kDecoderStuck ||
                        fault.code == FaultCode::kInsufficientMemory ||
                        fault.code == FaultCode::kSourceChanged;
  return may_pass || key.content_sha256.empty() || key.content_sha256 == manifest->key.content_sha256;
}

}  // namespace reelbatch::store
