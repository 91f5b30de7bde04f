#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "components/batched_component.h"
#include "components/tensor_packing.h"
#include "contracts/component_document.h"
#include "contracts/component_knob.h"
#include "contracts/component_spec.h"
#include "contracts/cost_row.h"
#include "contracts/model.h"
#include "contracts/run_config.h"

namespace reelbatch::components {

/// A video for which a component is made.
struct VideoRequest {
  /// The configuration of the run; `sampling` is that of the component: SamplingOf().
  contracts::RunConfig config;
  const contracts::VideoInfo& info;
  contracts::PresetChoice preset = {};  // of this video
  /// Other components of the run that analyse other frames, by name, and which: "5 frames per
  /// second".
  std::map<std::string, std::string, std::less<>> other_frames = {};
};

/// A unit as the component would push it. A batch of b units has b copies of it.
struct SampleUnit {
  Bytes data = {};
  Bytes state = {};
};

/// The expected units of a video for a stage, as far as they follow from its probe.
struct ExpectedUnits {
  contracts::BatchKey key;
  int units = 0;
};

/// The source of the units of a stage.
enum class UnitsFrom : uint8_t {
  kSource,   // frames or sound, as they are decoded
  kStage,    // results of an earlier stage of the same component (StageDefinition::after)
  kResults,  // finished results of other components, which the component needs or uses
  kSeek,     // frames or sound of a second pass, chosen by such results (components/seeking.h)
};

/// Work of a component that one model does in batches across videos.
struct StageDefinition {
  std::string name = {};  // empty if the component has only one stage
  UnitsFrom from = UnitsFrom::kSource;
  std::string after = {};  // the earlier stage, if the units are made from its results
  std::string unit = "window";
  /// The name of the model, and its tensors in the order of the model's arguments.
  contracts::ModelDescription wanted = {};
  std::function<std::unique_ptr<TensorPacking>()> packing = {};
  bool in_order = false;   // a unit needs the result of the unit before it in the same video
  int max_batch = 8;       // units; measured and tested up to this size
  SampleUnit sample = {};  // the unit for measurements
  /// `frames`: number of frames to analyse. If the units depend on results, the usual number.
  std::function<ExpectedUnits(const VideoRequest& request, double frames)> expected = {};
};

/// Runs one step of a component alone, to measure its cost.
/// Threads: one caller at a time.
class StepMeter {
 public:
  virtual ~StepMeter() = default;
  /// Does the part of the work that belongs to other steps. Errors: invalid_argument (no samples).
  virtual base::Status Prepare(const image::StampedFrame& frame) = 0;
  /// Runs the step, after Prepare() for the same frame.
  virtual void Run(const image::StampedFrame& frame) = 0;
  /// Finishes the step after the last frame.
  virtual void Finish() = 0;
};

/// A step of a component that is measured on its own. Exactly one of the two functions is set.
struct MeasuredStep {
  std::string name;  // "feature_ssim_only"
  std::function<std::unique_ptr<StepMeter>()> meter = {};
  /// The step is the work of this component after its frames are measured: Take() and Close().
  std::function<std::unique_ptr<Component>()> after_frames = {};
};

/// A component, or parts of it that one pass does together, as `bench` measures them.
struct MeasuredWork {
  contracts::CostSubject subject;
  std::function<std::unique_ptr<Component>()> make;
  std::vector<MeasuredStep> steps = {};
  /// The cost subject of one of the steps.
  std::function<contracts::CostSubject(std::string_view step)> step_subject = {};
};

/// Everything that other modules need to know about a component. No other module knows a component
/// by its name.
struct ComponentDefinition {
  std::string name;
  std::string version;           // increase it when results change
  std::string owner = "visual";  // as contracts::CostSubject::owner
  std::string kind = "core";     // for the manifest
  bool runs_by_default = false;  // used if a run names no component
  std::vector<contracts::ComponentKnob> knobs = {};
  /// The settings of a run that influence it, by their names in the canonical JSON;
  /// "sampling.end_s" for a part of the sampling. The sampling is that of the component.
  std::vector<std::string> run_settings = {"loop_filter", "sampling"};
  bool looks_at_frames = true;  // as they are decoded: Component::looks_at_frames()
  /// Which frames it analyses, and their size, if the run sets nothing else; default: every frame
  /// in its own size.
  contracts::FrameChoice frames = {};
  /// The small RGB picture that it needs of every frame (image::StampedFrame::thumbnail).
  std::optional<contracts::ThumbnailSize> thumbnail = std::nullopt;
  std::vector<std::string> needs = {};  // in addition to those that its knobs name
  std::vector<std::string> uses = {};
  std::string schema = "reelbatch_features_v1";  // of its arrays
  std::string npz = {};  // the file of its arrays, in its folder; empty: NAME.npz
  std::optional<contracts::ComponentDocument> document = std::nullopt;

  std::function<std::unique_ptr<Component>(const VideoRequest& request)> make = {};
  /// Fills in values that follow from other knobs, and checks combinations of knobs. Not set: every
  /// combination is valid. Errors: invalid_argument (the context is the option).
  std::function<base::Status(contracts::RunConfig& config)> settle = {};
  /// Ordered: a stage comes after the one that its units come from. Empty: all its work is per
  /// video.
  std::vector<StageDefinition> stages = {};
  /// How its work on a video is found in the cost rows, by frame pairs. Set if there are no stages.
  std::function<contracts::PricedWork(const VideoRequest& request)> price = {};
  /// The parts that `bench` measures separately; empty: the whole component, by its name.
  std::vector<std::string> measured_parts = {};
  /// `parts`: of measured_parts. Not set: it is not measured in this way.
  std::function<MeasuredWork(const std::vector<std::string>& parts, contracts::Preset preset)>
      measured = {};
};

/// The knob with this name. Null: it has none.
const contracts::ComponentKnob* FindKnob(const ComponentDefinition& definition,
                                         std::string_view name);

/// contracts::SamplingOf() the component.
contracts::Sampling SamplingOf(const ComponentDefinition& definition,
                               const contracts::RunConfig& config);

/// Whether it analyses frames as they are decoded, or pictures of a second pass.
bool SeesPictures(const ComponentDefinition& definition);

/// The component as a run with this configuration sees it.
contracts::ComponentSpec SpecOf(const ComponentDefinition& definition,
                                const contracts::RunConfig& config);

/// Brings every knob into canonical form: present if identities contain it, absent if
/// it has its default. Errors: as ComponentDefinition::settle.
base::Status SettleKnobs(const ComponentDefinition& definition, contracts::RunConfig& config);

}  // namespace reelbatch::components
