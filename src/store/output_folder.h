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
  std::filesystem::path folder;  // --out; created if missing
  contracts::RunConfig config;
  std::vector<StoredComponent> components;     // in run order
  std::vector<OutsideComponent> outside = {};  // components whose earlier results some of them use
  std::string command_line = {};               // for the lock and the journal
  bool force = false;                          // FindFinished() finds nothing
};

/// The results of earlier runs for a video.
struct EarlierResults {
  /// Set: nothing needs to be computed (kSkipped, with info, decode and the events and shots of
  /// cuts; no signals, timeline or flow).
  std::optional<contracts::VideoOutcome> outcome = std::nullopt;
  std::vector<std::string> done = {};  // otherwise: the components that have a valid result
};

/// The part of EarlierResults that is needed to compute the rest of a video.
struct LoadedResults {
  std::vector<std::string> done = {};  // as in EarlierResults, without results that cannot be read
  /// With arrays and `meta`: those of `done`, and of OutputOptions::outside, that are used by
  /// components which are not done.
  std::map<std::string, contracts::ComponentResult, std::less<>> results = {};
  /// Of components that need a missing result from outside the run: they cannot be made.
  std::map<std::string, contracts::Fault, std::less<>> faults = {};
};

/// How a run ended, for the journal and run.json.
enum class RunEnding : uint8_t { kFinished, kInterrupted, kFailed };

/// The predicted and the actual peak memory of a run, MiB; for the journal. None: not known.
struct RunMemory {
  std::optional<double> predicted_peak_mb = std::nullopt;
  std::optional<double> peak_mb = std::nullopt;
};

/// The output folder of a run: artifacts, manifests, state, journal, and the lock that excludes a
/// second run.
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
  /// Errors: invalid_argument  it is not a folder, holds files of another program, or was made by a
  ///                           newer reelbatch
  ///         unavailable       another reelbatch uses it; the message names its pid, its host and
  ///                           the time when it began
  ///         io                it cannot be created or written, or there is no space; the message
  ///                           names the remedy
  static base::Result<std::unique_ptr<OutputFolder>> Open(const OutputOptions& options,
                                                          const base::Clock& clock);
  virtual ~OutputFolder() = default;

  /// Gives inputs their video ids, all of them or, if it fails, none, and makes them inputs of
  /// this run. The first call removes the inputs of the run before; later calls add to them, also
  /// while earlier inputs are processed, and existing ids do not change. Paths are compared
  /// absolute and normalised; repeats are one video, and a registered video does not change. No
  /// file is read. It needs some microseconds per input, during which other callers wait for the
  /// state. Errors: cancelled, unavailable (the state cannot be written).
  virtual base::Status Register(std::span<const SourceInput> inputs,
                                const base::CancelToken& cancel) = 0;
  /// The same for inputs that were named one by one (SourceInput::relative_path is empty).
  base::Status Register(const std::vector<std::filesystem::path>& inputs,
                        const base::CancelToken& cancel);

  /// The existing results, per component, in the folder of this run and in those of the other runs
  /// of the video. If nothing needs to be computed, results of other runs have been linked into
  /// this one. Hashes the file unless its size, times and inode are unchanged. Errors: io (the
  /// source cannot be read; a link cannot be written), cancelled, unavailable (the folder failed),
  /// internal (not registered).
  virtual base::Result<EarlierResults> FindFinished(const std::filesystem::path& input,
                                                    const base::CancelToken& cancel) = 0;

  /// Reads from disk the earlier results that are used by components which FindFinished() did not
  /// report as done. It can be called again. A result that cannot be read is no longer done, and
  /// neither are the components that use it; the journal gets a line about it. Errors: internal
  /// (not registered), out_of_memory, unavailable (the folder failed).
  virtual base::Result<LoadedResults> LoadUsed(const std::filesystem::path& input) = 0;

  /// Makes an outcome durable, for the components that FindFinished() (else LoadUsed(), if it was
  /// called) did not report as done; those are kept. An error of the video then concerns the
  /// other components only. A source whose content has changed since FindFinished() is recorded
  /// as error source_changed instead. `recorded` (may be null) gets the recorded outcome of all
  /// components. A temporary error (the source cannot be read, stuck, no memory, changed) and
  /// one of the same content leave an earlier finished result as it is: only state, journal and
  /// run.json have them. Errors: io (no space, no permission; the message names file and remedy),
  /// unavailable (state), internal (success without cuts).
  virtual base::Status Commit(const std::filesystem::path& input,
                              const contracts::VideoOutcome& outcome,
                              contracts::VideoOutcome* recorded) = 0;

  /// Writes run.json and closes the journal of this run. Its contents depend on inputs,
  /// configuration and results only, not on what this process computed. Errors: io,
  /// unavailable.
  virtual base::Status FinishRun(RunEnding ending, const RunMemory& memory = {}) = 0;

  /// Writes a line to the journal. `fields`: a JSON object. Errors: io. Threads: any.
  virtual base::Status Note(std::string_view event, const base::Json& fields) = 0;

  /// Batch sizes that ran out of memory in earlier runs; empty if the file is missing.
  /// SaveLimits() replaces them. Errors: io, corrupt (the limits in it will be learned again).
  virtual base::Result<std::vector<contracts::LimitRecord>> Limits() const = 0;
  virtual base::Status SaveLimits(const std::vector<contracts::LimitRecord>& limits) = 0;

  /// The id of a registered input. Errors: internal (not registered).
  virtual base::Result<std::string> VideoId(const std::filesystem::path& input) const = 0;
  /// <folder>/local/<video_id>/<run_id>. Errors: as VideoId().
  virtual base::Result<std::filesystem::path> VideoFolder(
      const std::filesystem::path& input) const = 0;
  /// Whether any run has a manifest of the input.
  virtual bool HasManifest(const std::filesystem::path& input) const = 0;
  virtual const std::string& run_id() const = 0;
  /// As they were given, in run order.
  virtual const std::vector<StoredComponent>& components() const = 0;
};

}  // namespace reelbatch::store
