#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/cancel.h"
#include "base/json_text.h"
#include "base/result.h"
#include "contracts/outcome.h"
#include "store/folder_layout.h"
#include "store/manifest.h"
#include "store/outside_result.h"
#include "store/stored_component.h"

namespace reelbatch::store {

/// The result of one component that an earlier run left whole.
struct FoundComponent {
  ManifestComponent made;
  std::string run_id;  // of the run in whose folder it lies
  std::vector<contracts::ComponentCost> costs = {};
};

/// What is there of one video for one run.
struct FoundWork {
  std::map<std::string, FoundComponent, std::less<>> components;
  std::vector<std::string> missing;  // in run order; empty: nothing is to be computed
  /// This run's manifest tells of exactly these components, and their files lie beside it.
  bool in_place = false;
  /// What the found components say (kSkipped): info, decode, and the events and shots of cuts.
  contracts::VideoOutcome outcome;
  std::optional<base::Json> decode_document =
      std::nullopt;  // of the manifest that `outcome` has it from
  std::vector<contracts::ComponentCost> decode_costs = {};  // of that manifest
  /// Results of WantedWork::outside, without their arrays, by component; and why there is none.
  std::map<std::string, OutsideResult, std::less<>> outside = {};
  std::map<std::string, std::string, std::less<>> outside_refused = {};
};

struct WantedWork {
  const FolderLayout& layout;
  std::string video_id;
  std::string run_id;
  std::string content_sha256;
  const std::vector<StoredComponent>& components;  // in run order
  std::span<const OutsideComponent> outside = {};
  bool nothing_is_done = false;  // --force: only results of `outside` are looked for
};

/// Who `component` is for a video, where the components that it uses have the results `uses`.
ResultIdentity IdentityOf(const StoredComponent& component, const std::string& content_sha256,
                          std::map<std::string, std::string> uses);

/// Whether the files of a result in `run_folder` are those of `component` and have their recorded
/// bytes. Errors: cancelled.
base::Result<bool> IsWhole(const StoredComponent& component, const ManifestComponent& made,
                           const std::filesystem::path& run_folder,
                           const base::CancelToken& cancel);

/// What `component` ("decode", too) took by a manifest.
std::vector<contracts::ComponentCost> CostsOf(const Manifest& manifest, std::string_view component);

/// `component` as it is where it takes results from outside the run: equal to what it is in a run
/// that makes those, too, so that its results have one identity.
StoredComponent WithOutside(StoredComponent component, std::span<const OutsideComponent> outside,
                            const FoundWork& found);

/// The results that `component` takes from FoundWork::outside, by the component that made them.
/// They point into `found`.
std::map<std::string, const OutsideResult*> TakenFromOutside(
    const std::string& component, std::span<const OutsideComponent> outside,
    const FoundWork& found);

/// Looks per component in the run's own folder, then in those of the video's other runs, by run id.
/// A result counts where its key is the wanted one and every file is there with its recorded bytes;
/// what it uses must have been found, too. Results from outside the run are part of the key of
/// whatever takes them. Reads every artifact. Errors: cancelled.
base::Result<FoundWork> FindFinishedWork(const WantedWork& wanted, const base::CancelToken& cancel);

/// Whether a video is empty, and why: it is where all components of the run are (component_empty),
/// for the first one's reason. Sets `empty_reason`, and `status` where that is success or empty.
void SettleEmpty(const std::vector<StoredComponent>& components, contracts::VideoOutcome& outcome);

}  // namespace reelbatch::store
