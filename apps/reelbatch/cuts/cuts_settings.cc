#include "apps/reelbatch/cuts/cuts_settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "apps/reelbatch/component_options.h"
#include "apps/reelbatch/cuts/export_options.h"
#include "apps/reelbatch/joined_inputs.h"
#include "apps/reelbatch/option_values.h"
#include "apps/reelbatch/output_check.h"
#include "apps/reelbatch/terminal.h"
#include "base/picture_files.h"
#include "components/cut_detection/cut_detection.h"
#include "engine/settle_config.h"
#include "media/picture_source.h"
#include "store/identity.h"

namespace reelbatch::app {
namespace {

namespace fs = std::filesystem;

void AddPieces(OptionTable& table, CutsSettings& settings) {
  table.Add(PathOption("split", "DIR",
                       "Write every shot to its own file, exact to the frame, by re-encoding: "
                       "DIR/VIDEO-Scene-001.mp4 ... (default: none)",
                       settings.split_folder));
  table.Add(PathOption(
      "split-copy", "DIR",
      "Write every shot to its own file without re-encoding: fast and lossless, but files start at "
      "keyframes and may end with a frame of the next shot (default: none)",
      settings.split_copy_folder));
  Option container{.name = "split-format",
                   .value_name = "NAME",
                   .help =
                       "Write the files of --split and --split-copy in this container: mp4 or mkv "
                       "(default: mp4 for --split, the container of the video for --split-copy)"};
  container.set = [&settings](const std::string& text) -> base::Status {
    const std::vector<std::string> kinds = {"mp4", "mkv"};
    const auto index = ParseChoice(text, kinds);
    if (!index) return std::unexpected(index.error());
    settings.split_extension = "." + kinds[*index];
    return {};
  };
  table.Add(std::move(container));
  Option overwrite{.name = "overwrite",
                   .takes = Takes::kNothing,
                   .value_name = "",
                   .help =
                       "Let --images, --split and --split-copy replace existing files (default: "
                       "report an error)"};
  overwrite.set = [&settings](const std::string& text) -> base::Status {
    settings.overwrite = text == "true";
    return {};
  };
  table.Add(std::move(overwrite));
}

void AddForms(OptionTable& table, CutsSettings& settings) {
  table.Group("Output formats (default: a table)");
  for (const ExportFormat& format : ExportFormats()) {
    Option option{.name = std::string(format.name),
                  .takes = Takes::kFile,
                  .value_name = "FILE",
                  .help = std::string(format.help)};
    option.set = [&settings, &format](const std::string& target) -> base::Status {
      settings.exports.push_back({&format, target});
      return {};
    };
    table.Add(std::move(option));
  }
  AddClockOptions(table, settings.clock);
  table.Add(PathOption("images", "DIR",
                       "Write images of every shot: DIR/VIDEO-Scene-001-01.jpg ... (default: none)",
                       settings.image_folder));
  Option kind{.name = "image-format",
              .value_name = "NAME",
              .help = "Write images as jpg or png (default jpg)",
              .needs = "images"};
  kind.set = [&settings](const std::string& text) -> base::Status {
    const std::vector<std::string> kinds = {"jpg", "png"};
    const auto index = ParseChoice(text, kinds);
    if (!index) return std::unexpected(index.error());
    settings.images.extension = "." + kinds[*index];
    return {};
  };
  table.Add(std::move(kind));
  Option count{.name = "image-count",
               .value_name = "N",
               .help = "Write N images of every shot (default 3: first, middle, last frame)",
               .needs = "images"};
  count.set = [&settings](const std::string& text) -> base::Status {
    const auto parsed = ParseInteger(text, 1, 99);
    if (!parsed) return std::unexpected(parsed.error());
    settings.images.count = *parsed;
    return {};
  };
  table.Add(std::move(count));
  AddPieces(table, settings);
}

OutputPlan PlanOf(const CutsSettings& settings, const std::vector<AnswerName>& names) {
  OutputPlan plan;
  for (const ExportRequest& request : settings.exports) {
    if (request.to_stdout()) continue;
    const std::string option = "--" + std::string(request.format->name);
    if (!IsFolderTarget(request.target)) {
      plan.files.push_back({option, request.target});
      continue;
    }
    OutputPlan::Folder& folder =
        plan.folders.emplace_back(OutputPlan::Folder{.option = option, .path = request.target});
    for (const AnswerName& name : names)
      folder.names.push_back(ExportPath(request, name.stem).filename().native());
  }
  const auto add = [&](std::string option, const std::optional<fs::path>& path, auto extension_of) {
    if (!path) return;
    OutputPlan::Folder& folder = plan.folders.emplace_back(OutputPlan::Folder{
        .option = std::move(option), .path = *path, .overwrite = settings.overwrite});
    for (const AnswerName& name : names)
      folder.scenes.push_back({name.stem, extension_of(name.video)});
  };
  add("--images", settings.image_folder,
      [&](const fs::path&) { return settings.images.extension; });
  add("--split", settings.split_folder,
      [&](const fs::path& video) { return PieceExtension(settings, video, false); });
  add("--split-copy", settings.split_copy_folder,
      [&](const fs::path& video) { return PieceExtension(settings, video, true); });
  return plan;
}

/// Whether the options that change exports go together.
base::Status CheckFilters(const CutsSettings& settings) {
  if (auto checked = store::CheckShotLengths(settings.shot_lengths); !checked) return checked;
  const bool counts = std::ranges::any_of(settings.exports, [](const ExportRequest& request) {
    return request.format->counts.has_value();
  });
  const bool given = settings.clock.rate || settings.clock.drop_frame != store::DropFrame::kAuto;
  if (!given || counts) return {};
  return base::Fail(base::Code::kInvalidArgument, "has no effect without --edl, --otio or --xmeml",
                    settings.clock.rate ? "--export-rate" : "--drop-frame");
}

}  // namespace

OptionTable CutsOptions(CutsSettings& settings, const engine::Catalog& catalog) {
  OptionTable table;
  AddForms(table, settings);
  table.Group("Source of the cuts");
  table.Add(PathOption("from", "OUT",
                       "Read the results of a run from the folder OUT, or from one cuts.json, "
                       "instead of decoding videos",
                       settings.from));
  AddShotLengthOptions(table, settings.shot_lengths);
  table.Add(SwitchOption("concat",
                         "Read all videos as one video, in the given order (files of a folder by "
                         "name), with one timeline and one result",
                         settings.concat));
  table.Group("Detection");
  AddKnobOptions(table, settings.config, *catalog.Find(components::kCutDetectionName));
  AddEffortOptions(table, settings.config);
  AddFrameOptions(table, settings.config);
  AddWorkOptions(table, settings.work);
  AddCommonOptions(table, settings.common, false);
  return table;
}

base::Result<InputList> CheckCutsLine(const CutsSettings& settings,
                                      const std::vector<std::string>& arguments,
                                      const base::CancelToken& cancel) {
  if (const auto checked = CheckFrameOptions(settings.config); !checked)
    return std::unexpected(checked.error());
  if (const auto advice = MisplacedTarget(settings.exports, arguments)) {
    return base::Fail(base::Code::kInvalidArgument, *advice);
  }
  auto inputs = ExpandInputs(
      arguments, {.picture_fps = settings.config.sampling.picture_fps, .cancel = &cancel});
  if (!inputs) return inputs;
  if (const auto checked = CheckConcat(settings, *inputs); !checked)
    return std::unexpected(checked.error());
  if (const auto checked = CheckCutsOutputs(settings, *inputs); !checked)
    return std::unexpected(checked.error());
  return inputs;
}

base::Status CheckFromLine(const CutsSettings& settings,
                           const std::vector<std::string>& arguments) {
  const auto refuse = [](std::string message) {
    return base::Fail(base::Code::kInvalidArgument, std::move(message), "--from");
  };
  if (!arguments.empty()) {
    return refuse("reads the results of a run and takes no video; remove " +
                  ShellQuote(arguments.front()));
  }
  if (settings.image_folder || settings.split_folder || settings.split_copy_folder) {
    return refuse("decodes no video, but --images and --split need one: use reelbatch cuts VIDEO");
  }
  if (settings.concat)
    return refuse(
        "decodes no video, but --concat needs videos: use reelbatch cuts VIDEO... --concat");
  contracts::RunConfig config = settings.config;
  config.knobs.erase("min_confidence");
  contracts::RunConfig usual;
  for (contracts::RunConfig* one : {&config, &usual}) {
    if (auto settled = engine::SettleConfig(*one, engine::Catalog::Builtin()); !settled)
      return settled;
  }
  if (store::ConfigHash(config) != store::ConfigHash(usual)) {
    return refuse(
        "decodes no video; of the analysis options, only --min-confidence can be combined with it");
  }
  return {};
}

bool NeedsSignals(const CutsSettings& settings) {
  return settings.shot_lengths.max_s ||
         std::ranges::any_of(settings.exports, [](const ExportRequest& request) {
           return request.format->needs_signals;
         });
}

namespace {

/// Splitting reads the streams of a container.
base::Status CheckSequences(const CutsSettings& settings, const InputList& inputs) {
  if (!settings.split_folder && !settings.split_copy_folder) return {};
  const auto sequence = std::ranges::find_if(inputs.videos, &base::NamesPictures);
  if (sequence == inputs.videos.end()) return {};
  const double fps = settings.config.sampling.picture_fps.value_or(media::kDefaultPictureFps);
  // ffmpeg reads a pattern as it is, and the pictures of a folder by their ending.
  std::string pictures = "-i " + ShellQuote(sequence->native());
  if (std::filesystem::is_directory(*sequence)) {
    const auto files = base::ListPictures(*sequence);
    if (!files) return std::unexpected(files.error());
    const std::string ending = files->files.front().extension().native();
    pictures =
        fmt::format("-pattern_type glob -i {}", ShellQuote((*sequence / ("*" + ending)).native()));
  }
  return base::Fail(base::Code::kInvalidArgument,
                    fmt::format("cannot split the picture sequence {0}; convert it to a video "
                                "first: ffmpeg -framerate {1} {2} -c:v libx264 -crf 17 clip.mp4",
                                ShellQuote(sequence->native()), fps, pictures),
                    settings.split_folder ? "--split" : "--split-copy");
}

}  // namespace

base::Status CheckCutsOutputs(const CutsSettings& settings, const InputList& inputs) {
  if (auto checked = CheckSequences(settings, inputs); !checked) return checked;
  if (auto checked = CheckFilters(settings); !checked) return checked;
  const std::vector<AnswerName> names = AnswerNames(settings, inputs.videos);
  if (auto checked = CheckExports(settings.exports, names.size()); !checked) return checked;
  return CheckOutputs(PlanOf(settings, names), inputs);
}

std::vector<AnswerName> AnswerNames(const CutsSettings& settings,
                                    const std::vector<fs::path>& videos) {
  const std::vector<std::string> stems = DistinctStems(videos);
  std::vector<AnswerName> names;
  for (size_t i = 0; i < videos.size(); ++i)
    names.push_back({.video = videos[i], .stem = stems[i]});
  if (!settings.concat || names.empty()) return names;
  names.resize(1);
  names.front().stem += "-concat";
  return names;
}

std::string PieceExtension(const CutsSettings& settings, const fs::path& video, bool copy) {
  if (!settings.split_extension.empty()) return settings.split_extension;
  if (!copy) return ".mp4";
  return HasCopyExtension(video) ? video.extension().native() : ".mkv";
}

}  // namespace reelbatch::app
