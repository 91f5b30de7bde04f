#include "store/output_folder.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/hash.h"
#include "store/atomic_file.h"
#include "store/cut_npz.h"
#include "store/cuts_document.h"
#include "store/cuts_record.h"
#include "store/finished_work.h"
#include "store/folder_layout.h"
#include "store/folder_lock.h"
#include "store/identity.h"
#include "store/journal.h"
#include "store/manifest.h"
#include "store/recovery.h"
#include "store/run_summary.h"
#include "store/state_db.h"
#include "store/text.h"
#include "store/video_ids.h"

namespace reelbatch::store {
namespace {

namespace fs = std::filesystem;
using contracts::Fault;
using contracts::FaultCode;
using contracts::VideoOutcome;
using contracts::VideoStatus;

std::string_view EndingName(RunEnding ending) {
  switch (ending) {
    case RunEnding::kFinished: return "finished";
    case RunEnding::kInterrupted: return "interrupted";
    case RunEnding::kFailed: return "failed";
  }
  return "failed";
}

/// The state is ours, not the video's: whatever it says ends the run.
base::Error FolderFailed(base::Error error) {
  error.code = base::Code::kUnavailable;
  return error;
}

base::Error NotRegistered(const fs::path& path) {
  return {base::Code::kInternal, "was not registered", PathForPeople(path)};
}

VideoState StateOf(const VideoOutcome& outcome) {
  VideoState state;
  state.status = outcome.status;
  if (outcome.status == VideoStatus::kSkipped) {
    state.status = outcome.empty_reason ? VideoStatus::kEmpty : VideoStatus::kSuccess;
  }
  if (outcome.fault) {
    state.error_code = contracts::FaultCodeName(outcome.fault->code);
    state.reason = outcome.fault->reason;
  }
  if (outcome.empty_reason) state.reason = contracts::EmptyReasonName(*outcome.empty_reason);
  if (outcome.decode) {
    state.decode = DecodeFacts{.frames_decoded = outcome.decode->frames_decoded,
                               .frames_expected = outcome.decode->frames_expected,
                               .decode_errors = outcome.decode->decode_errors,
                               .damaged = outcome.decode->decode_errors > 0 || outcome.decode->truncated};
  }
  if (outcome.cuts) {
    state.events = static_cast<int64_t>(outcome.cuts->events.size());
    state.shots = static_cast<int64_t>(outcome.cuts->shots.size());
  }
  return state;
}

/// Errors: internal (our own code handed over something half-made).
base::Status CheckOutcome(const VideoOutcome& outcome, const fs::path& path) {
  const bool finished = outcome.status == VideoStatus::kSuccess || outcome.status == VideoStatus::kEmpty;
  const bool whole = finished ? outcome.cuts.has_value()
                              : outcome.status == VideoStatus::kError && outcome.fault.has_value();
  if (whole) return {};
  return base::Fail(base::Code::kInternal,
                    fmt::format("status {} without its result", contracts::VideoStatusName(outcome.status)),
                    PathForPeople(path));
}

class Folder final : public OutputFolder {
 public:
  Folder(const OutputOptions& options, const base::Clock& clock)
      : options_(options),
        clock_(clock),
        layout_{AbsolutePath(options.folder)},
        run_id_(RunId(options.config)),
        config_hash_(ConfigHash(options.config)) {}

  base::Status Start();
  base::Status Register(const std::vector<fs::path>& inputs, const base::CancelToken& cancel) override;
  base::Result<std::optional<VideoOutcome>> FindFinished(const fs::path& input,
                                                         const base::CancelToken& cancel) override;
  base::Status Commit(const fs::path& input, const VideoOutcome& outcome,
                      VideoOutcome* recorded) override;
  base::Status FinishRun(RunEnding ending) override;
  base::Result<std::string> VideoId(const fs::path& input) const override;
  base::Result<fs::path> VideoFolder(const fs::path& input) const override;
  const std::string& run_id() const override { return run_id_; }

 private:
  base::Result<VideoRow> RowOf(const fs::path& path) const;
  base::Status RegisterPaths(const std::vector<fs::path>& paths, const base::CancelToken& cancel);
  base::Status AddNewVideos(const std::vector<fs::path>& fresh, const base::CancelToken& cancel);
  base::Result<std::string> ContentOf(const VideoRow& row, const base::CancelToken& cancel);
  base::Result<std::optional<Fault>> SourceFault(const VideoRow& row);
  IdempotencyKey KeyOf(const VideoRow& row) const;
  base::Result<std::vector<ArtifactEntry>> WriteArtifacts(const VideoRow& row, const VideoOutcome& outcome,
                                                          const contracts::CutDetectionResult& cuts);
  base::Status WriteManifest(const VideoRow& row, const VideoOutcome& outcome,
                             std::vector<ArtifactEntry> artifacts);
  base::Status WriteError(const VideoRow& row, const VideoOutcome& outcome);
  base::Status RememberDone(const VideoRow& row, const VideoOutcome& outcome,
                            bool kept_earlier_result = false);
  AtomicWrite Atomic() const { return {.temp_folder = layout_.temporaries(), .write_call = nullptr}; }

  const OutputOptions options_;
  const base::Clock& clock_;
  const FolderLayout layout_;
  const std::string run_id_;
  const std::string config_hash_;
  bool registered_ = false;
  // The lock is released last: it is declared first.
  std::unique_ptr<FolderLock> lock_;
  std::unique_ptr<StateDb> state_;
  std::unique_ptr<Journal> journal_;
};

base::Status Folder::Start() {
  if (auto checked = CheckOutputFolder(layout_); !checked) return checked;
  if (auto made = MakeFolders(layout_.temporaries()); !made) return made;
  auto lock = FolderLock::Take(layout_.root, layout_.lock(), options_.command_line, clock_);
  if (!lock) return std::unexpected(lock.error());
  lock_ = std::move(*lock);
  SweepTemporaries(layout_.temporaries());
  auto state = StateDb::Open(layout_.state(), clock_);
  if (!state) return std::unexpected(state.error());
  state_ = std::move(state->db);
  if (state->fresh) {
    if (auto rebuilt = RebuildState(layout_, *state_); !rebuilt) return rebuilt;
  }
  auto journal = Journal::Open(layout_.journal(), clock_);
  if (!journal) return std::unexpected(journal.error());
  journal_ = std::move(*journal);
  return journal_->Append("run_started", {{"run_id", run_id_},
                                          {"config_hash", config_hash_},
                                          {"producer", ProducerName()},
                                          {"command", options_.command_line}});
}

base::Status Folder::Register(const std::vector<fs::path>& inputs, const base::CancelToken& cancel) {
  if (registered_) return base::Fail(base::Code::kInvalidArgument, "inputs are already registered");
  std::vector<fs::path> paths;
  paths.reserve(inputs.size());
  for (const fs::path& input : inputs) paths.push_back(AbsolutePath(input));
  std::sort(paths.begin(), paths.end());
  paths.erase(std::unique(paths.begin(), paths.end()), paths.end());
  // One transaction: a kill leaves the ids of all inputs or of none, so that a resumed run gives the same ones.
  if (auto begun = state_->Begin(); !begun) return std::unexpected(FolderFailed(begun.error()));
  if (auto done = RegisterPaths(paths, cancel); !done) {
    state_->Rollback();
    return done;
  }
  if (auto done = state_->Commit(); !done) return std::unexpected(FolderFailed(done.error()));
  registered_ = true;
  return {};
}

base::Status Folder::RegisterPaths(const std::vector<fs::path>& paths, const base::CancelToken& cancel) {
  std::vector<fs::path> fresh;
  for (const fs::path& path : paths) {
    const auto row = state_->Find(path);
    if (!row) return std::unexpected(FolderFailed(row.error()));
    if (!*row) fresh.push_back(path);
  }
  if (auto added = AddNewVideos(fresh, cancel); !added) return added;
  if (auto cleared = state_->ClearRun(); !cleared) {
    return std::unexpected(FolderFailed(cleared.error()));
  }
  for (const fs::path& path : paths) {
    if (auto added = state_->AddToRun(path, config_hash_); !added) {
      return std::unexpected(FolderFailed(added.error()));
    }
  }
  return {};
}

base::Status Folder::AddNewVideos(const std::vector<fs::path>& fresh, const base::CancelToken& cancel) {
  struct Content {
    SourceStat stat;
    std::string sha256;
  };
  std::map<fs::path, Content> contents;  // of the few whose stems collide
  const KnownVideos known{
      .stem_in_use = [this](const std::string& stem) { return state_->StemInUse(stem); },
      .id_in_use = [this](const std::string& id) { return state_->IdInUse(id); },
      .content_sha256 = [&](const fs::path& path) -> base::Result<std::string> {
        if (const auto found = contents.find(path); found != contents.end()) return found->second.sha256;
        const auto stat = StatSource(path);
        if (!stat) return std::unexpected(stat.error());
        const auto sha256 = base::Sha256HexOfFile(path, &cancel);
        if (sha256) contents[path] = Content{*stat, *sha256};
        return sha256;
      }};
  const auto ids = AssignVideoIds(fresh, known);
  if (!ids) {
    const bool cancelled = ids.error().code == base::Code::kCancelled;
    return std::unexpected(cancelled ? ids.error() : FolderFailed(ids.error()));
  }
  for (size_t i = 0; i < fresh.size(); ++i) {
    base::Status added = state_->AddVideo(fresh[i], (*ids)[i]);
    const auto content = contents.find(fresh[i]);
    if (added && content != contents.end()) {
      added = state_->SaveContent(fresh[i], content->second.stat, content->second.sha256);
    }
    if (!added) return std::unexpected(FolderFailed(added.error()));
  }
  return {};
}

base::Result<VideoRow> Folder::RowOf(const fs::path& path) const {
  auto row = state_->Find(path);
  if (!row) return std::unexpected(FolderFailed(row.error()));
  std::optional<VideoRow> known = std::move(*row);
  if (!known) return std::unexpected(NotRegistered(path));
  return std::move(*known);
}

base::Result<std::string> Folder::VideoId(const fs::path& input) const {
  auto row = RowOf(AbsolutePath(input));
  if (!row) return std::unexpected(row.error());
  return row->video_id;
}

base::Result<fs::path> Folder::VideoFolder(const fs::path& input) const {
  const auto id = VideoId(input);
  if (!id) return std::unexpected(id.error());
  return layout_.Run(*id, run_id_);
}

/// The hash of the source as it is now, remembered together with its stat.
base::Result<std::string> Folder::ContentOf(const VideoRow& row, const base::CancelToken& cancel) {
  const auto forget = [&](base::Error error) -> base::Result<std::string> {
    auto forgotten = state_->SaveContent(row.path, std::nullopt, {});
    return std::unexpected(forgotten ? std::move(error) : FolderFailed(forgotten.error()));
  };
  const auto stat = StatSource(row.path);
  if (!stat) return forget(stat.error());
  if (row.stat == *stat && !row.sha256.empty()) return row.sha256;
  auto sha256 = base::Sha256HexOfFile(row.path, &cancel);
  if (!sha256) return forget(sha256.error());
  if (auto saved = state_->SaveContent(row.path, *stat, *sha256); !saved) {
    return std::unexpected(FolderFailed(saved.error()));
  }
  return sha256;
}

IdempotencyKey Folder::KeyOf(const VideoRow& row) const {
  IdempotencyKey key;
  key.video_id = row.video_id;
  key.config_hash = config_hash_;
  key.producer_version = fmt::format("{}+{}.{}", REELBATCH_VERSION, kCutDetection, options_.component_version);
  key.schema_version = kCutNpzSchema;
  key.content_sha256 = row.sha256;
  return key;
}

base::Result<std::optional<VideoOutcome>> Folder::FindFinished(const fs::path& input,
                                                               const base::CancelToken& cancel) {
  auto row = RowOf(AbsolutePath(input));
  if (!row) return std::unexpected(row.error());
  auto sha256 = ContentOf(*row, cancel);
  if (!sha256) return std::unexpected(sha256.error());
  row->sha256 = std::move(*sha256);
  std::optional<VideoOutcome> finished;
  if (!options_.force) {
    auto found = FindFinishedWork(layout_.Run(row->video_id, run_id_), KeyOf(*row), cancel);
    if (!found) return found;
    finished = std::move(*found);
  }
  base::Status noted;
  if (finished) {
    noted = RememberDone(*row, *finished);
  } else {
    noted = state_->SaveState(row->path, {.status = VideoStatus::kRunning, .error_code = {}, .reason = {}});
    if (noted) noted = journal_->Append("video_queued", {{"video_id", row->video_id}, {"run_id", run_id_}});
  }
  if (!noted) return std::unexpected(FolderFailed(noted.error()));
  return finished;
}

/// The fault source_changed where the source's content is not the one that was hashed before it was decoded.
base::Result<std::optional<Fault>> Folder::SourceFault(const VideoRow& row) {
  if (!row.stat) return std::nullopt;  // it could not be read then, so its outcome is an error already
  const auto stat = StatSource(row.path);
  if (stat && *stat == *row.stat) return std::nullopt;
  const auto sha256 = stat ? base::Sha256HexOfFile(row.path, nullptr)
                           : base::Result<std::string>(std::unexpected(stat.error()));
  if (sha256 && *sha256 == row.sha256) {
    // Touched or given other permissions, but the same bytes.
    if (auto saved = state_->SaveContent(row.path, *stat, *sha256); !saved) {
      return std::unexpected(FolderFailed(saved.error()));
    }
    return std::nullopt;
  }
  return Fault{FaultCode::kSourceChanged,
               fmt::format("{}: changed while it was read: run again when it is complete",
                           PathForPeople(row.path))};
}

base::Result<std::vector<ArtifactEntry>> Folder::WriteArtifacts(const VideoRow& row,
                                                                const VideoOutcome& outcome,
                                                                const contracts::CutDetectionResult& cuts) {
  const fs::path folder = layout_.Run(row.video_id, run_id_);
  if (auto made = MakeFolders((folder / kNpzFile).parent_path()); !made) {
    return std::unexpected(made.error());
  }
  auto npz = CutNpz(cuts, {.key = KeyOf(row), .run_id = run_id_});
  if (!npz) return std::unexpected(npz.error());
  const std::string document =
      CutsDocument(MakeCutsRecord(row.path, row.sha256, outcome, options_.config));
  std::vector<ArtifactEntry> entries;
  for (const auto& [name, bytes] : {std::pair(kNpzFile, std::string_view(*npz)),
                                    std::pair(kCutsFile, std::string_view(document))}) {
    if (auto written = WriteFileAtomically(folder / name, bytes, Atomic()); !written) {
      return std::unexpected(written.error());
    }
    ArtifactEntry entry{std::string(name), static_cast<int64_t>(bytes.size()), base::Sha256Hex(bytes)};
    auto noted = journal_->Append("artifact_written", {{"video_id", row.video_id},
                                                       {"run_id", run_id_},
                                                       {"path", entry.path},
                                                       {"bytes", entry.bytes},
                                                       {"sha256", entry.sha256}});
    if (!noted) return std::unexpected(noted.error());
    entries.push_back(std::move(entry));
  }
  if (auto synced = journal_->Sync(); !synced) return std::unexpected(synced.error());
  return entries;
}

base::Status Folder::WriteManifest(const VideoRow& row, const VideoOutcome& outcome,
                                   std::vector<ArtifactEntry> artifacts) {
  Manifest manifest;
  manifest.key = KeyOf(row);
  manifest.run_id = run_id_;
  manifest.config = options_.config;
  manifest.source = row.path;
  if (row.stat) manifest.source_bytes = row.stat->size;
  manifest.status = outcome.status;
  manifest.fault = outcome.fault;
  manifest.empty_reason = outcome.empty_reason;
  manifest.decode = outcome.decode;
  if (outcome.cuts) {
    manifest.notes = outcome.cuts->warnings;
    manifest.knobs = outcome.cuts->knobs;
  }
  manifest.artifacts = std::move(artifacts);
  manifest.started_at_ns = outcome.started_at_ns;
  manifest.finished_at_ns = outcome.finished_at_ns;
  manifest.duration_ns = outcome.duration_ns;
  const fs::path folder = layout_.Run(row.video_id, run_id_);
  if (auto made = MakeFolders(folder); !made) return made;
  return WriteFileAtomically(folder / kManifestFile, ManifestDocument(manifest), Atomic());
}

/// The manifest of a video without a result; an earlier result that may still be right stays as it is.
base::Status Folder::WriteError(const VideoRow& row, const VideoOutcome& outcome) {
  const fs::path folder = layout_.Run(row.video_id, run_id_);
  if (outcome.fault && KeepsEarlierResult(folder, KeyOf(row), *outcome.fault)) {
    return RememberDone(row, outcome, true);
  }
  if (auto written = WriteManifest(row, outcome, {}); !written) return written;
  // What an earlier run made of another content, or a killed one left half-made, is no result of this one.
  std::error_code ignored;
  fs::remove_all((folder / kNpzFile).parent_path(), ignored);
  return RememberDone(row, outcome);
}

base::Status Folder::RememberDone(const VideoRow& row, const VideoOutcome& outcome,
                                  bool kept_earlier_result) {
  VideoState state = StateOf(outcome);
  state.kept_earlier_result = kept_earlier_result;
  Json event{{"video_id", row.video_id},
             {"run_id", run_id_},
             {"status", contracts::VideoStatusName(state.status)}};
  if (!state.error_code.empty()) event["error_code"] = state.error_code;
  if (!state.reason.empty()) event["reason"] = state.reason;
  if (outcome.status == VideoStatus::kSkipped) event["skipped"] = true;
  if (kept_earlier_result) event["kept_earlier_result"] = true;
  auto noted = journal_->Append("video_finished", event);
  if (noted) noted = state_->SaveState(row.path, state);
  return noted ? noted : std::unexpected(FolderFailed(noted.error()));
}

base::Status Folder::Commit(const fs::path& input, const VideoOutcome& outcome, VideoOutcome* recorded) {
  auto row = RowOf(AbsolutePath(input));
  if (!row) return std::unexpected(row.error());
  if (auto checked = CheckOutcome(outcome, row->path); !checked) return checked;
  auto changed = SourceFault(*row);
  if (!changed) return std::unexpected(changed.error());
  VideoOutcome failed;
  if (*changed) {
    failed.status = VideoStatus::kError;
    failed.fault = std::move(*changed);
    failed.started_at_ns = outcome.started_at_ns;
    failed.finished_at_ns = outcome.finished_at_ns;
    failed.duration_ns = outcome.duration_ns;
  }
  const VideoOutcome& kept = failed.fault ? failed : outcome;
  if (kept.cuts && kept.status != VideoStatus::kError) {
    auto artifacts = WriteArtifacts(*row, kept, *kept.cuts);
    if (!artifacts) return std::unexpected(artifacts.error());
    auto written = WriteManifest(*row, kept, std::move(*artifacts));
    if (written) written = RememberDone(*row, kept);
    if (!written) return written;
  } else if (auto written = WriteError(*row, kept); !written) {
    return written;
  }
  if (recorded != nullptr) *recorded = kept;
  return {};
}

base::Status Folder::FinishRun(RunEnding ending) {
  auto summary = RunSummary(options_.config, EndingName(ending), *state_);
  if (!summary) return std::unexpected(FolderFailed(summary.error()));
  if (auto written = WriteFileAtomically(layout_.run_summary(), *summary, Atomic()); !written) {
    return written;
  }
  auto noted =
      journal_->Append("run_finished", {{"run_id", run_id_}, {"ending", EndingName(ending)}});
  return noted ? journal_->Sync() : noted;
}

}  // namespace

base::Result<std::unique_ptr<OutputFolder>> OutputFolder::Open(const OutputOptions& options,
                                                               const base::Clock& clock) {
  auto folder = std::make_unique<Folder>(options, clock);
  if (auto started = folder->Start(); !started) return std::unexpected(started.error());
  return folder;
}

}  // namespace reelbatch::store
