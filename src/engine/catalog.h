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

/// The model of a stage of a component, for one run.
struct OpenedModel {
  std::unique_ptr<components::UnitModel> model;
  std::vector<contracts::ModelUsed> used = {};  // empty: the component computes without a model
  std::string endpoint = {};                    // address of a server; empty: in process
  int max_batch = 1;                            // the limit of the stage and its model, units
  /// Errors: not_measured (the message has the command that measures it).
  std::function<base::Result<planning::BatchCost>(const contracts::BatchKey&)> cost;
};

/// Opens the models of a run, from a folder on this machine or from a server.
class ModelProvider {
 public:
  virtual ~ModelProvider() = default;
  /// Errors: unavailable (built without the engine, or the server does not answer), io, corrupt,
  /// contract (the model is missing, or does not match its description); messages have the remedy.
  /// `wanted`: its name and its tensors, in the order of its arguments.
  virtual base::Result<std::unique_ptr<inference::Model>> Open(
      const contracts::ModelDescription& wanted) const = 0;
  /// The address of the server; empty: in process.
  virtual std::string endpoint() const = 0;
  /// The cost of batches of a key that `model` runs. Errors: not_measured (the message has the
  /// command that measures it).
  virtual base::Result<planning::BatchCost> Cost(const std::string& model,
                                                 const contracts::BatchKey& key) const = 0;
};

/// Opens the model of a stage. Errors: as ModelProvider::Open().
using OpenStage = std::function<base::Result<OpenedModel>(const components::StageDefinition& stage,
                                                          const ModelProvider& provider)>;

/// A stage of a component in a catalog. The catalog must outlive it.
struct StagePlace {
  const components::ComponentDefinition& component;
  const components::StageDefinition& stage;
  /// As contracts::StageText().
  std::string text() const { return contracts::StageText(component.name, stage.name); }
};

/// The components of a program, by name: those of `reelbatch` itself, or more in a program that
/// tests batching.
class Catalog {
 public:
  /// components::AllComponents().
  static Catalog Builtin();
  void Add(components::ComponentDefinition definition);
  /// Adds a component with its own function to open models.
  void Add(components::ComponentDefinition definition, OpenStage open);

  const std::vector<components::ComponentDefinition>& components() const { return components_; }
  /// Null: there is none.
  const components::ComponentDefinition* Find(std::string_view name) const;
  /// The knob with this name, of any component. Null: there is none.
  const contracts::ComponentKnob* FindKnob(std::string_view name) const;
  std::vector<std::string> Names() const;
  /// The components that run if a run names none.
  std::vector<std::string> UsualNames() const;
  /// The stages of all components, in their order.
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
