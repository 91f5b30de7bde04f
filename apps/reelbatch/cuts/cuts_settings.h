#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "apps/reelbatch/cuts/export_format.h"
#include "apps/reelbatch/inputs.h"
#include "apps/reelbatch/options.h"
#include "apps/reelbatch/shot_images.h"
#include "base/cancel.h"
#include "base/result.h"
#include "contracts/run_config.h"
#include "engine/catalog.h"
#include "store/exports/export_clock.h"

namespace reelbatch::app {

/// The settings of a call of `reelbatch cuts`.
struct CutsSettings {
  CommonOptions common;
  contracts::RunConfig config;
  engine::WorkOptions work;
  std::optional<std::filesystem::path> from;  // results of a run, instead of videos
  bool concat = false;                        // all videos are one timeline
  std::vector<ExportRequest> exports;
  store::ClockOptions clock;            // of the exports that count frames
  contracts::ShotLengths shot_lengths;  // that every output keeps
  std::optional<std::filesystem::path> image_folder;
  ImageOptions images;  // without the folder
  std::optional<std::filesystem::path> split_folder;
  std::optional<std::filesystem::path> split_copy_folder;
  std::string split_extension;  // of all files of shots, ".mkv"; empty: as in PieceExtension()
  bool overwrite = false;       // pictures and pieces of an earlier call may be replaced
};

/// Whether an output needs the per-frame signals.
bool NeedsSignals(const CutsSettings& settings);

/// `settings` must outlive it.
OptionTable CutsOptions(CutsSettings& settings, const engine::Catalog& catalog);

/// The videos of a call, when nothing speaks against it: all that can be said before any is
/// decoded. Errors: as CheckFrameOptions(), ExpandInputs(), CheckExports() and CheckOutputs().
base::Result<InputList> CheckCutsLine(const CutsSettings& settings,
                                      const std::vector<std::string>& arguments,
                                      const base::CancelToken& cancel);

/// The same of a call with --from. Errors: invalid_argument (a video, or an option that needs a
/// decode, stands beside it).
base::Status CheckFromLine(const CutsSettings& settings, const std::vector<std::string>& arguments);

/// Errors: as CheckExports() and CheckOutputs().
base::Status CheckCutsOutputs(const CutsSettings& settings, const InputList& inputs);

/// What one answer is about, and the first part of the names of its files.
struct AnswerName {
  std::filesystem::path video;  // with --concat the first one
  std::string stem;
};

/// One for every video, or one for all with --concat.
std::vector<AnswerName> AnswerNames(const CutsSettings& settings,
                                    const std::vector<std::filesystem::path>& videos);

/// The container of the pieces of a video: the one that was asked for; else a copy keeps the one
/// that can hold its streams, and what is encoded anew is H.264 in MP4.
std::string PieceExtension(const CutsSettings& settings, const std::filesystem::path& video,
                           bool copy);

}  // namespace reelbatch::app
