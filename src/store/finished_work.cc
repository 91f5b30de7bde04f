#include "store/finished_work.h"

#include <algorithm>

#include "base/atomic_file.h"
#include "base/hash.h"
#include "store/component_artifacts.h"
#include "store/cuts_document.h"
#include "store/folder_layout.h"
#include "store/manifest.h"

namespace reelbatch::store {
namespace {

namespace fs = std::filesystem;
using contracts::FaultCode;
using contracts::VideoOutcome;
using contracts::VideoStatus;

/// Whether the manifest tells of exactly these components and of all their files.
bool Tells(const Manifest& manifest, const std::vector<IdempotencyKey>& keys) {
  return std::ranges::equal(
      manifest.components, keys, [](const ManifestComponent& made, const IdempotencyKey& key) {
        return made.key.Text() == key.Text() &&
               std::ranges::all_of(ArtifactFiles(key.component), [&made](const std::string& file) {
                 return std::ranges::find(made.artifacts, file, &ArtifactEntry::path) !=
                        made.artifacts.end();
               });
      });
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

void AddCuts(CutsRecord record, VideoOutcome& outcome) {
  outcome.info = std::move(record.info);
  const bool truncated = outcome.decode && outcome.decode->truncated;  // not in cuts.json
  outcome.decode = std::move(record.decode);
  outcome.decode->truncated = truncated;
  contracts::ComponentResult& result = outcome.results[std::string(kCutDetection)];
  result.preset = contracts::PresetName(record.knobs.preset);
  result.preset_reason = record.knobs.preset_reason;
  result.events = std::move(record);
}

}  // namespace

base::Result<std::optional<VideoOutcome>> FindFinishedWork(const fs::path& run_folder,
                                                           const std::vector<IdempotencyKey>& keys,
                                                           const base::CancelToken& cancel) {
  const fs::path file = run_folder / kManifestFile;
  const auto text = base::ReadWholeFile(file);
  if (!text) return std::nullopt;
  const auto manifest = ParseManifest(*text, file.native());
  if (!manifest || manifest->status == VideoStatus::kError || !Tells(*manifest, keys)) {
    return std::nullopt;
  }
  VideoOutcome outcome;
  outcome.status = VideoStatus::kSkipped;
  outcome.empty_reason = manifest->empty_reason;
  outcome.decode = manifest->decode;
  for (const ManifestComponent& made : manifest->components) {
    if (made.empty_reason) outcome.component_empty.emplace(made.key.component, *made.empty_reason);
    for (const ArtifactEntry& entry : made.artifacts) {
      const auto whole = IsWhole(run_folder / entry.path, entry, cancel);
      if (!whole) return std::unexpected(whole.error());
      if (!*whole) return std::nullopt;
    }
    if (made.key.component != kCutDetection) continue;
    const fs::path cuts = run_folder / kCutsFile;
    const auto document = base::ReadWholeFile(cuts);
    if (!document) return std::nullopt;
    auto record = ParseCutsDocument(*document, cuts.native());
    if (!record) return std::nullopt;
    AddCuts(std::move(*record), outcome);
  }
  return outcome;
}

bool KeepsEarlierResult(const fs::path& run_folder, std::string_view content_sha256,
                        const contracts::Fault& fault) {
  const fs::path file = run_folder / kManifestFile;
  const auto text = base::ReadWholeFile(file);
  if (!text) return false;
  const auto manifest = ParseManifest(*text, file.native());
  if (!manifest || manifest->status == VideoStatus::kError) return false;
  const bool may_pass =
      fault.code == FaultCode::kDecoderStuck || fault.code == FaultCode::kInsufficientMemory ||
      fault.code == FaultCode::kInsufficientGpuMemory || fault.code == FaultCode::kSourceChanged;
  return may_pass || content_sha256.empty() ||
         content_sha256 == manifest->components.front().key.content_sha256;
}

}  // namespace reelbatch::store
