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

/// The complete result of one component from an earlier run.
struct FoundComponent {
  ManifestComponent made;
  std::string run_id;  // of the run whose folder has it
  std::vector<contracts::ComponentCost> costs = {};
};

/// The existing results of one video for one run.
struct FoundWork {
  std::map<std::string, FoundComponent, std::less<>> components;
  std::vector<std::string> missing;  // in run order; empty: nothing needs to be computed
  /// The manifest of this run has exactly these components, and their files are next to it.
  bool in_place = false;
  /// The outcome from the found components (kSkipped): info, decode, and the events and shots of
  /// cuts.
  contracts::VideoOutcome outcome;
  std::optional<base::Json> decode_document =
      std::nullopt;  // of the manifest that `outcome` was read from
  std::vector<contracts::ComponentCost> decode_costs = {};  // of that manifest
  /// Results of WantedWork::outside, without their arrays, by component; or why there is none.
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
  bool nothing_is_done = false;  // --force: only results of `outside` are searched
};

/// The identity of `component` for a video, if the components that it uses have the results `uses`.
ResultIdentity IdentityOf(const StoredComponent& component, const std::string& content_sha256,
                          std::map<std::string, std::string> uses);

/// Whether the files of a result in `run_folder` belong to `component` and have their recorded
/// bytes. Errors: cancelled.
base::Result<bool> IsWhole(const StoredComponent& component, const ManifestComponent& made,
                           const std::filesystem::path& run_folder,
                           const base::CancelToken& cancel);

/// The cost of `component` ("decode", too) in a manifest.
std::vector<contracts::ComponentCost> CostsOf(const Manifest& manifest, std::string_view component);

/// `component` with the identity that it has when it uses results from outside the run: the same as
/// in a run that makes those results, too.
StoredComponent WithOutside(StoredComponent component, std::span<const OutsideComponent> outside,
                            const FoundWork& found);

/// The results from FoundWork::outside that `component` uses, by the component that made them.
/// They point into `found`.
std::map<std::string, const OutsideResult*> TakenFromOutside(
    const std::string& component, std::span<const OutsideComponent> outside,
    const FoundWork& found);

/// Searches per component in the folder of the run, then in those of the other runs of the video,
/// by run id. A result is valid if its key is the wanted one, and every file exists with its
/// recorded bytes; the results that it uses must have been found, too. Results from outside the run
/// are part of the key of components that use them. Reads every artifact. Errors: cancelled.
base::Result<FoundWork> FindFinishedWork(const WantedWork& wanted, const base::CancelToken& cancel);

/// Whether a video is empty, and why: it is empty if all components of the run are
/// (component_empty), for the reason of the first one. Sets `empty_reason`, and `status` if that is
/// success or empty.
void SettleEmpty(const std::vector<StoredComponent>& components, contracts::VideoOutcome& outcome);

}  // namespace reelbatch::store
