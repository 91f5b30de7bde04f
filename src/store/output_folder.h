#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/cancel.h"
#include "base/clock.h"
#include "base/json_text.h"
#include "base/result.h"
#include "contracts/limit_record.h"
#include "contracts/outcome.h"
#include "contracts/run_config.h"
#include "store/outside_result.h"
#include "store/source_input.h"
#include "store/stored_component.h"

namespace reelbatch::store {

struct OutputOptions {
  std::filesystem::path folder;  // --out; created where missing
  contracts::RunConfig config;
  std::vector<StoredComponent> components;     // in run order
  std::vector<OutsideComponent> outside = {};  // whose earlier results some of them take
  std::string command_line = {};               // for the lock and the journal
  bool force = false;                          // FindFinished() finds nothing
};

/// What earlier runs left of a video.
struct EarlierResults {
  /// Set: nothing is to be done (kSkipped, with info, decode and the events and shots of cuts; no
  /// signals, timeline or flow).
  std::optional<contracts::VideoOutcome> outcome = std::nullopt;
  std::vector<std::string> done = {};  // else: the components that have a valid result
};

/// What of EarlierResults is needed to compute the rest of a video.
struct LoadedResults {
  std::vector<std::string> done = {};  // as EarlierResults has them, but for what cannot be read
  /// With arrays and `meta`: those of `done`, and of OutputOptions::outside, that components take
  /// which are not done.
  std::map<std::string, contracts::ComponentResult, std::less<>> results = {};
  /// Of components that lack a required result from outside the run: they cannot be made.
  std::map<std::string, contracts::Fault, std::less<>> faults = {};
};

/// How a run ended, for the journal and run.json.
enum class RunEnding : uint8_t { kFinished, kInterrupted, kFailed };

/// What a run was expected to hold at most, and held, MiB; for the journal. None: not known.
struct RunMemory {
  std::optional<double> predicted_peak_mb = std::nullopt;
  std::optional<double> peak_mb = std::nullopt;
};

/// The folder a run writes to: artifacts, manifests, state, journal and the lock that keeps a
/// second run out.
///
///   <folder>/local/<video_id>/<run_id>/cut_detection/{cut_detection.npz,cuts.json}
///   <folder>/local/<video_id>/<run_id>/core_optical_flow/flow.npz
///   <folder>/local/<video_id>/<run_id>/manifest.json   its rename is the commit point
///   <folder>/run.json                                  the last run's summary
///   <folder>/.reelbatch/{lock,state.db,journal.jsonl,tmp/}
///
/// A process killed at any instant leaves a folder that the next Open() continues.
/// Threads: all but FinishRun() by any number at once; FindFinished(), LoadUsed() and Commit() for
/// different videos, and after the Register() of theirs has returned. FinishRun() by one, when the
/// others are over.
class OutputFolder {
 public:
  /// `clock` must outlive the folder.
  /// Errors: invalid_argument (not a folder, holds another program's files, or was made by a newer
  /// reelbatch)
  ///         unavailable      (another reelbatch uses it: names pid, host and since when)
  ///         io               (cannot be created or written, no space: names the remedy)
  static base::Result<std::unique_ptr<OutputFolder>> Open(const OutputOptions& options,
                                                          const base::Clock& clock);
  virtual ~OutputFolder() = default;

  /// Gives inputs their video ids, all of them or, where it fails, none, and makes them inputs of
  /// this run. The first call forgets the inputs of the run before; later ones add to them, also
  /// while earlier inputs are worked on, and the ids that were given stay. Paths are compared
  /// absolute and normalised; repeats are one video, and one that is registered stays as it is. No
  /// file is read. Takes some microseconds per input, in which others wait for the state.
  /// Errors: cancelled, unavailable (the state cannot be written).
  virtual base::Status Register(std::span<const SourceInput> inputs,
                                const base::CancelToken& cancel) = 0;
  /// The same of inputs that were named one by one (SourceInput::relative_path is empty).
  base::Status Register(const std::vector<std::filesystem::path>& inputs,
                        const base::CancelToken& cancel);

  /// What is there, per component, in this run's folder and in those of the video's other runs.
  /// Where nothing is to be done, results of other runs have been linked into this one. Hashes the
  /// file unless size, times and inode are those of the last time. Errors: io (the source cannot be
  /// read; a link cannot be written), cancelled, unavailable (the folder failed), internal (not
  /// registered).
  virtual base::Result<EarlierResults> FindFinished(const std::filesystem::path& input,
                                                    const base::CancelToken& cancel) = 0;

  /// Reads from disk the earlier results that are taken by components which FindFinished() did not
  /// name as done. May be called again. A result that cannot be read is not done any more, nor is
  /// what takes it: a line in the journal says so. Errors: internal (not registered),
  /// out_of_memory, unavailable (the folder failed).
  virtual base::Result<LoadedResults> LoadUsed(const std::filesystem::path& input) = 0;

  /// Makes an outcome durable, of the components that FindFinished() (else LoadUsed(), where it was
  /// called) did not name as done; those are taken over. An error of the video is then one of the
  /// other components alone. A source whose content is no longer that of FindFinished() is recorded
  /// as error source_changed instead. `recorded` (may be null) gets what was recorded, of all
  /// components. An error that may pass (the source cannot be read, stuck, no memory, changed) and
  /// one of the same content leave an earlier finished result as it is: only state, journal and
  /// run.json tell of them. Errors: io (no space, no permission: names file and remedy),
  /// unavailable (state), internal (success without cuts).
  virtual base::Status Commit(const std::filesystem::path& input,
                              const contracts::VideoOutcome& outcome,
                              contracts::VideoOutcome* recorded) = 0;

  /// Writes run.json and closes the journal of this run. What it says depends on inputs,
  /// configuration and results only, not on which of them this process made. Errors: io,
  /// unavailable.
  virtual base::Status FinishRun(RunEnding ending, const RunMemory& memory = {}) = 0;

  /// A line in the journal. `fields`: a JSON object. Errors: io. Threads: any.
  virtual base::Status Note(std::string_view event, const base::Json& fields) = 0;

  /// Batch sizes that ran out of memory in earlier runs; none where the file is missing.
  /// SaveLimits() replaces them. Errors: io, corrupt (what it held is learned again).
  virtual base::Result<std::vector<contracts::LimitRecord>> Limits() const = 0;
  virtual base::Status SaveLimits(const std::vector<contracts::LimitRecord>& limits) = 0;

  /// The id of a registered input. Errors: internal (not registered).
  virtual base::Result<std::string> VideoId(const std::filesystem::path& input) const = 0;
  /// <folder>/local/<video_id>/<run_id>. Errors: as VideoId().
  virtual base::Result<std::filesystem::path> VideoFolder(
      const std::filesystem::path& input) const = 0;
  /// Whether any run has left a manifest of the input.
  virtual bool HasManifest(const std::filesystem::path& input) const = 0;
  virtual const std::string& run_id() const = 0;
  /// As they were given, in run order.
  virtual const std::vector<StoredComponent>& components() const = 0;
};

}  // namespace reelbatch::store
