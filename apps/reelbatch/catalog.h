#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "components/batched_component.h"
#include "contracts/component_document.h"
#include "contracts/component_spec.h"
#include "contracts/model.h"
#include "contracts/run_config.h"
#include "inference/model.h"
#include "measure/model_cost.h"
#include "planning/batch_cost.h"

namespace reelbatch::app {

/// The unit-batched half of a component, for one run.
struct CatalogModel {
  std::unique_ptr<components::UnitModel> model;
  bool in_order = false;
  std::vector<contracts::ModelUsed> used = {};  // none: a component that computes by itself
  std::string endpoint = {};                    // of a server; empty: in process
  int max_batch = 1;                            // that the component and its model take
  std::string owner = "visual";
  std::string unit = "window";
  measure::SampleUnit sample = {};  // what `bench model` measures with
  /// Errors: not_measured (names the command that measures it).
  std::function<base::Result<planning::BatchCost>(const contracts::BatchKey&)> cost;
};

/// What a video will be to a unit-batched component, as far as its probe tells.
struct CatalogUnits {
  contracts::BatchKey key;
  int units = 0;
};

/// Where the models of a run come from: a folder on this machine, or a server.
class ModelDoor {
 public:
  virtual ~ModelDoor() = default;
  /// Errors: unavailable (built without its engine, or the server does not answer), io, corrupt,
  /// contract (the model is not there, or not what it says): each with its remedy. `wanted`: its
  /// name and its tensors, in the order in which they will be given.
  virtual base::Result<std::unique_ptr<inference::Model>> Open(
      const contracts::ModelDescription& wanted) const = 0;
  /// Of a server; empty: in process.
  virtual std::string endpoint() const = 0;
  /// What batches of a key that `model` runs cost. Errors: not_measured (names the command that
  /// measures it).
  virtual base::Result<planning::BatchCost> Cost(const std::string& model,
                                                 const contracts::BatchKey& key) const = 0;
};

/// A component that the program knows.
struct CatalogComponent {
  std::string name;
  std::string version;  // goes up when numbers change
  /// What of a run's configuration reaches it, by the names of its canonical JSON; "sampling.end_s"
  /// for a part of the sampling.
  std::vector<std::string> settings = {"loop_filter", "sampling"};
  std::string schema = "reelbatch_features_v1";  // of its arrays
  std::string npz = {};  // the file of its arrays, below its folder; empty: NAME.npz
  std::optional<contracts::ComponentDocument> document = std::nullopt;
  std::function<contracts::ComponentSpec(const contracts::RunConfig&)> spec;
  std::function<std::unique_ptr<components::Component>(const contracts::RunConfig&,
                                                       const contracts::VideoInfo&)>
      make;
  /// Unset: all its work is per video. Errors: as ModelDoor::Open().
  std::function<base::Result<CatalogModel>(const ModelDoor&)> model = {};
  /// Set where `model` is. `frames`: that will be analysed.
  std::function<CatalogUnits(const contracts::RunConfig&, const contracts::VideoInfo&,
                             double frames)>
      units = {};
};

/// All components of a program, by name. Those of `reelbatch` itself, or more in a program that is
/// built to test batching.
class Catalog {
 public:
  /// cut_detection, core_optical_flow, transnetv2 and speech_activity.
  static Catalog Builtin();
  void Add(CatalogComponent component) { components_.push_back(std::move(component)); }

  const std::vector<CatalogComponent>& components() const { return components_; }
  /// Null: there is none.
  const CatalogComponent* Find(std::string_view name) const;
  std::vector<std::string> Names() const;

 private:
  std::vector<CatalogComponent> components_;
};

}  // namespace reelbatch::app
