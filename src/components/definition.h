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

/// A video that a component is to work on.
struct VideoRequest {
  /// The run's, but for `sampling`, which is the component's own: SamplingOf().
  contracts::RunConfig config;
  const contracts::VideoInfo& info;
  contracts::PresetChoice preset = {};  // of this video
  /// Other components of the run that look at other frames, by name, and at which: "5 frames per
  /// second".
  std::map<std::string, std::string, std::less<>> other_frames = {};
};

/// A unit as a component would push it. A batch of b is b of them.
struct SampleUnit {
  Bytes data = {};
  Bytes state = {};
};

/// What a video will be to a stage, as far as its probe tells.
struct ExpectedUnits {
  contracts::BatchKey key;
  int units = 0;
};

/// Where the units of a stage come from.
enum class UnitsFrom : uint8_t {
  kSource,   // frames or sound, as they are decoded
  kStage,    // results of an earlier stage of the same component (StageDefinition::after)
  kResults,  // finished results of other components, which the component needs or uses
  kSeek,     // frames or sound of a second pass, chosen by such results (components/seeking.h)
};

/// Work of a component that is batched across videos, by one model.
struct StageDefinition {
  std::string name = {};  // empty where the component has no other
  UnitsFrom from = UnitsFrom::kSource;
  std::string after = {};  // the earlier stage, where they are from one
  std::string unit = "window";
  /// The model's name, and its tensors in the order in which they are given.
  contracts::ModelDescription wanted = {};
  std::function<std::unique_ptr<TensorPacking>()> packing = {};
  bool in_order = false;   // a unit waits for the video's one before
  int max_batch = 8;       // units; measured and audited up to there
  SampleUnit sample = {};  // what measurements run
  /// `frames`: that will be analysed. Where the units depend on what is found, how many are usual.
  std::function<ExpectedUnits(const VideoRequest& request, double frames)> expected = {};
};

/// Does one step of a component alone, for those who measure what it costs. Threads: one caller at
/// a time.
class StepMeter {
 public:
  virtual ~StepMeter() = default;
  /// What other steps have to make of the frame first. Errors: invalid_argument (no samples).
  virtual base::Status Prepare(const image::StampedFrame& frame) = 0;
  /// The step itself, after Prepare() of the same frame.
  virtual void Run(const image::StampedFrame& frame) = 0;
  /// What is left of the step after the last frame.
  virtual void Finish() = 0;
};

/// A step of a component that is measured on its own. One of the two is set.
struct MeasuredStep {
  std::string name;  // "feature_ssim_only"
  std::function<std::unique_ptr<StepMeter>()> meter = {};
  /// The step is what this component does after its frames are measured: Take() and Close().
  std::function<std::unique_ptr<Component>()> after_frames = {};
};

/// A component, or parts of it that one pass does together, as `bench` measures it.
struct MeasuredWork {
  contracts::CostSubject subject;
  std::function<std::unique_ptr<Component>()> make;
  std::vector<MeasuredStep> steps = {};
  /// The subject of one of the steps.
  std::function<contracts::CostSubject(std::string_view step)> step_subject = {};
};

/// Everything that other modules need to know about a component. No other module knows a component
/// by its name.
struct ComponentDefinition {
  std::string name;
  std::string version;           // goes up when numbers change
  std::string owner = "visual";  // as contracts::CostSubject::owner
  std::string kind = "core";     // for the manifest
  bool runs_by_default = false;  // where a run names no component
  std::vector<contracts::ComponentKnob> knobs = {};
  /// What of a run's own settings reaches it, by the names of its canonical JSON; "sampling.end_s"
  /// for a part of the sampling. Where that is named, it is the component's own.
  std::vector<std::string> run_settings = {"loop_filter", "sampling"};
  bool looks_at_frames = true;  // as they are decoded: Component::looks_at_frames()
  /// Which frames it looks at, and their size, where a run sets nothing else; usual: every frame as
  /// it is.
  contracts::FrameChoice frames = {};
  /// The small RGB picture that it wants of every frame (image::StampedFrame::thumbnail).
  std::optional<contracts::ThumbnailSize> thumbnail = std::nullopt;
  std::vector<std::string> needs = {};  // beside those that its knobs name
  std::vector<std::string> uses = {};
  std::string schema = "reelbatch_features_v1";  // of its arrays
  std::string npz = {};  // the file of its arrays, below its folder; empty: NAME.npz
  std::optional<contracts::ComponentDocument> document = std::nullopt;

  std::function<std::unique_ptr<Component>(const VideoRequest& request)> make = {};
  /// Fills in what follows from other knobs, and checks what no single knob can know. Unset: every
  /// set of values is good. Errors: invalid_argument (the context is the option).
  std::function<base::Status(contracts::RunConfig& config)> settle = {};
  /// In an order in which each comes after the one that gives its units. None: all its work is per
  /// video.
  std::vector<StageDefinition> stages = {};
  /// What its work on a video is looked up by among the rows of costs, by pairs of frames. Set
  /// where there is no stage.
  std::function<contracts::PricedWork(const VideoRequest& request)> price = {};
  /// The parts that `bench` measures on their own; empty: the component as a whole, by its name.
  std::vector<std::string> measured_parts = {};
  /// `parts`: of measured_parts. Unset: it is not measured in this way.
  std::function<MeasuredWork(const std::vector<std::string>& parts, contracts::Preset preset)>
      measured = {};
};

/// The knob of this name. Null: it has none.
const contracts::ComponentKnob* FindKnob(const ComponentDefinition& definition,
                                         std::string_view name);

/// contracts::SamplingOf() the component.
contracts::Sampling SamplingOf(const ComponentDefinition& definition,
                               const contracts::RunConfig& config);

/// Whether it looks at frames as they are decoded, or at pictures of a second pass.
bool SeesPictures(const ComponentDefinition& definition);

/// What the component is to a run of this configuration.
contracts::ComponentSpec SpecOf(const ComponentDefinition& definition,
                                const contracts::RunConfig& config);

/// Gives every knob its place in the configuration: set where it is named in identities, away where
/// it has its usual value. Errors: as ComponentDefinition::settle.
base::Status SettleKnobs(const ComponentDefinition& definition, contracts::RunConfig& config);

}  // namespace reelbatch::components
