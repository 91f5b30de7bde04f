#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "components/definition.h"
#include "contracts/batch.h"
#include "contracts/model.h"
#include "inference/model.h"
#include "planning/batch_cost.h"

namespace reelbatch::engine {

/// The model of a component's stage, for one run.
struct OpenedModel {
  std::unique_ptr<components::UnitModel> model;
  std::vector<contracts::ModelUsed> used = {};  // none: a component that computes by itself
  std::string endpoint = {};                    // of a server; empty: in process
  int max_batch = 1;                            // that the stage and its model take
  /// Errors: not_measured (names the command that measures it).
  std::function<base::Result<planning::BatchCost>(const contracts::BatchKey&)> cost;
};

/// Where the models of a run come from: a folder on this machine, or a server.
class ModelProvider {
 public:
  virtual ~ModelProvider() = default;
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

/// Opens the model of a stage. Errors: as ModelProvider::Open().
using OpenStage = std::function<base::Result<OpenedModel>(const components::StageDefinition& stage,
                                                          const ModelProvider& provider)>;

/// A stage of a component of a catalog, which outlives it.
struct StagePlace {
  const components::ComponentDefinition& component;
  const components::StageDefinition& stage;
  /// As contracts::StageText().
  std::string text() const { return contracts::StageText(component.name, stage.name); }
};

/// The components of a program, by name. Those of `reelbatch` itself, or more in a program that is
/// built to test batching.
class Catalog {
 public:
  /// components::AllComponents().
  static Catalog Builtin();
  void Add(components::ComponentDefinition definition);
  /// One whose units something else than a model of a folder or server works on.
  void Add(components::ComponentDefinition definition, OpenStage open);

  const std::vector<components::ComponentDefinition>& components() const { return components_; }
  /// Null: there is none.
  const components::ComponentDefinition* Find(std::string_view name) const;
  /// The knob of this name, of whichever component. Null: there is none.
  const contracts::ComponentKnob* FindKnob(std::string_view name) const;
  std::vector<std::string> Names() const;
  /// Those that run where a run names none.
  std::vector<std::string> UsualNames() const;
  /// Of all components, in their order.
  std::vector<StagePlace> Stages() const;
  /// By StagePlace::text().
  std::optional<StagePlace> FindStage(std::string_view text) const;
  /// `stage`: of `definition`. Errors: as ModelProvider::Open().
  base::Result<OpenedModel> OpenModel(const components::ComponentDefinition& definition,
                                      const components::StageDefinition& stage,
                                      const ModelProvider& provider) const;

 private:
  std::vector<components::ComponentDefinition> components_;
  std::vector<std::pair<std::string, OpenStage>> own_;  // by component
};

}  // namespace reelbatch::engine
