#include "store/kept_result.h"

#include <algorithm>

#include "store/finished_work.h"
#include "store/run_folders.h"

namespace reelbatch::store {
namespace {

namespace fs = std::filesystem;
using contracts::FaultCode;

/// The same attempt may succeed another time.
bool MayPass(const contracts::Fault& fault) {
  return fault.code == FaultCode::kDecoderStuck || fault.code == FaultCode::kInsufficientMemory ||
         fault.code == FaultCode::kInsufficientGpuMemory ||
         fault.code == FaultCode::kTritonUnavailable || fault.code == FaultCode::kSourceChanged;
}

}  // namespace

std::optional<ManifestComponent> KeptResult(const StoredComponent& component,
                                            const Manifest& earlier, const fs::path& run_folder,
                                            std::string_view content_sha256, const Manifest& now) {
  const ManifestComponent* const made = earlier.Find(component.name);
  if (made == nullptr || !made->finished() || earlier.content_sha256 != content_sha256)
    return std::nullopt;
  for (const auto& [used, digest] : made->identity.uses) {
    const ManifestComponent* const there = now.Find(used);
    if (there != nullptr && (!there->finished() || ResultDigest(there->artifacts) != digest))
      return std::nullopt;
  }
  const auto whole = IsWhole(component, *made, run_folder, base::CancelToken());
  return whole && *whole ? std::optional(*made) : std::nullopt;
}

bool KeepsEarlierResult(const fs::path& run_folder, std::string_view content_sha256,
                        const contracts::Fault& fault) {
  const auto manifest = ReadManifest(run_folder);
  if (!manifest || !std::ranges::any_of(manifest->components, &ManifestComponent::finished))
    return false;
  return MayPass(fault) || content_sha256.empty() || content_sha256 == manifest->content_sha256;
}

bool KeepsOtherContent(const fs::path& run_folder, std::string_view content_sha256,
                       const contracts::Fault& fault) {
  const auto manifest = ReadManifest(run_folder);
  return manifest && manifest->content_sha256 != content_sha256 &&
         KeepsEarlierResult(run_folder, content_sha256, fault);
}

}  // namespace reelbatch::store
