#include "inference/openvino/openvino_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <exception>
#include <new>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "base/mutex.h"
#include "inference/openvino/openvino_library.h"

namespace reelbatch::inference {
namespace {

using contracts::BatchFailure;
using contracts::ElementType;
using contracts::FailureClass;
using contracts::Tensor;
using contracts::TensorSpec;
using Library = std::shared_ptr<const OpenVinoLibrary>;

/// A NaN that no arithmetic makes: its payload is ours.
constexpr uint32_t kUnwritten = 0x7FC5EED5;

openvino::ElementNumber NumberOf(ElementType type) {
  switch (type) {
    case ElementType::kFloat32:
      return openvino::kF32;
    case ElementType::kInt32:
      return openvino::kI32;
    case ElementType::kInt64:
      return openvino::kI64;
    default:  // kUint8: models have no others
      return openvino::kU8;
  }
}

/// As OpenVINO calls it.
std::string NameOf(openvino::ElementNumber type) {
  constexpr std::array<const char*, 20> kNames = {
      "dynamic", "boolean", "bf16", "f16", "f32", "f64", "i4", "i8",  "i16", "i32",
      "i64",     "u1",      "u2",   "u3",  "u4",  "u6",  "u8", "u16", "u32", "u64"};
  return type < kNames.size() ? kNames[type] : fmt::format("number {}", type);
}

std::vector<int64_t> ShapeOf(const TensorSpec& spec, int64_t batch) {
  std::vector<int64_t> shape = spec.shape;
  std::ranges::replace_if(shape, [](int64_t size) { return size < 0; }, batch);
  return shape;
}

size_t BytesOf(const std::vector<int64_t>& shape, ElementType type) {
  return static_cast<size_t>(contracts::ElementCount(shape)) * contracts::ElementBytes(type);
}

std::unexpected<BatchFailure> Failed(FailureClass failure, std::string evidence) {
  return std::unexpected(BatchFailure{.failure = failure, .evidence = std::move(evidence)});
}

/// What a text of the engine means, which runs on the CPU: its device's memory is the host's. If
/// memory runs out while it compiles a kernel, every later use of it answers "Broken promise".
FailureClass ClassOf(std::string_view text) {
  if (text.contains("can't alloc") || text.contains("Broken promise"))
    return FailureClass::kHostMemory;
  const auto known = contracts::ClassifyMemoryText(text, 0);
  if (known == FailureClass::kCapacity) return FailureClass::kHostMemory;
  return known.value_or(FailureClass::kOther);
}

/// What a call that failed means. The engine's own exceptions carry a text, also that of a
/// std::bad_alloc below them; an exception without one comes from the C interface itself, which
/// does nothing that can fail but to allocate.
std::unexpected<BatchFailure> Failed(const OpenVinoLibrary& library, openvino::Status status) {
  std::string reason = library.Reason(status);
  const FailureClass failure =
      status == openvino::kUnknownException ? FailureClass::kHostMemory : ClassOf(reason);
  return Failed(failure, std::move(reason));
}

/// What the engine did not do, or should not have; none: all is well.
std::optional<BatchFailure> CheckFloats(const Tensor& tensor) {
  bool not_a_number = false;
  for (size_t at = 0; at + sizeof(float) <= tensor.bytes.size(); at += sizeof(float)) {
    uint32_t bits = 0;
    std::memcpy(&bits, tensor.bytes.data() + at, sizeof bits);
    if (bits == kUnwritten) {
      return BatchFailure{
          .failure = FailureClass::kHostMemory,
          .evidence = fmt::format(
              "OpenVINO left output '{}' unwritten, as it does when memory runs out", tensor.name)};
    }
    not_a_number = not_a_number || std::isnan(std::bit_cast<float>(bits));
  }
  if (!not_a_number) return std::nullopt;
  return BatchFailure{
      .failure = FailureClass::kInput,
      .evidence = fmt::format("output '{}' has values that are not numbers", tensor.name)};
}

/// A graph that is read and compiled, and the requests that run it.
class OpenVinoModel final : public Model {
 public:
  struct Loaded {
    Library library;
    OpenVinoOwned<openvino::Core> core;
    OpenVinoOwned<openvino::Graph> graph;  // kept for Restart()
  };

  OpenVinoModel(Loaded loaded, OpenVinoOptions options, contracts::ModelDescription description)
      : loaded_(std::move(loaded)),
        threads_(std::to_string(options.threads * options.lanes)),
        streams_(std::to_string(options.lanes)),
        description_(std::move(description)),
        compiled_(nullptr, loaded_.library->free_compiled) {}

  const contracts::ModelDescription& description() const override { return description_; }

  /// Does nothing where that has been done.
  std::expected<void, BatchFailure> Compile() {
    base::MutexLock lock(mutex_);
    return CompileLocked();
  }

  std::expected<std::vector<Tensor>, BatchFailure> Infer(std::span<const Tensor> inputs) override {
    if (auto wrong = Check(inputs)) return Failed(FailureClass::kBadRequest, *wrong);
    try {
      auto request = Take();
      if (!request) return std::unexpected(std::move(request.error()));
      auto outputs = Run(*request->request, inputs);
      // After a failure it may hold half of what it needs.
      if (outputs) GiveBack(std::move(*request));
      return outputs;
    } catch (const std::bad_alloc&) {
      return Failed(FailureClass::kHostMemory, "std::bad_alloc");
    } catch (const std::exception& error) {
      return Failed(ClassOf(error.what()), error.what());
    }
  }

  /// The C interface has no call that gives back the memory of batches, so the compiled model goes
  /// as a whole; the next batch compiles it anew.
  void Restart() override {
    base::MutexLock lock(mutex_);
    ++restarts_;
    requests_.clear();
    compiled_.reset();
  }

 private:
  struct Request {
    OpenVinoOwned<openvino::InferRequest> request;
    int restarts = 0;  // of the model when it was made
  };

  /// What is wrong with them; none: nothing.
  std::optional<std::string> Check(std::span<const Tensor> inputs) const {
    if (inputs.size() != description_.inputs.size()) {
      return fmt::format("{} tensors for {} inputs", inputs.size(), description_.inputs.size());
    }
    if (inputs.front().shape.empty() || inputs.front().shape.front() < 1)
      return fmt::format("'{}' has no batch", inputs.front().name);
    const int64_t batch = inputs.front().shape.front();
    for (size_t k = 0; k < inputs.size(); ++k) {
      const TensorSpec& spec = description_.inputs[k];
      const Tensor& tensor = inputs[k];
      const std::vector<int64_t> wanted = ShapeOf(spec, batch);
      const bool same = tensor.name == spec.name && tensor.type == spec.type &&
                        tensor.shape == wanted && tensor.bytes.size() == BytesOf(wanted, spec.type);
      if (!same)
        return fmt::format("input {} is not '{}' of {} for a batch of {}", k, spec.name,
                           contracts::ElementTypeName(spec.type), batch);
    }
    return std::nullopt;
  }

  std::expected<void, BatchFailure> CompileLocked() REQUIRES(mutex_) {
    if (compiled_ != nullptr) return {};
    // f32 whatever the CPU would like better: results are the same on every machine.
    const std::array<const char*, 8> words = {"INFERENCE_PRECISION_HINT",
                                              "f32",
                                              "NUM_STREAMS",
                                              streams_.c_str(),
                                              "INFERENCE_NUM_THREADS",
                                              threads_.c_str(),
                                              "ENABLE_CPU_PINNING",
                                              "NO"};
    openvino::CompiledModel* made = nullptr;
    const openvino::Status status = loaded_.library->compile(
        loaded_.core.get(), loaded_.graph.get(), "CPU", words.size(), &made, words[0], words[1],
        words[2], words[3], words[4], words[5], words[6], words[7]);
    if (status != openvino::kOk) return Failed(*loaded_.library, status);
    compiled_.reset(made);
    return {};
  }

  /// Requests hold the memory of the largest batch that they ran: one is shared by all sizes, so
  /// that little is held.
  std::expected<Request, BatchFailure> Take() {
    base::MutexLock lock(mutex_);
    if (!requests_.empty()) {
      Request request = std::move(requests_.back());
      requests_.pop_back();
      return request;
    }
    if (auto compiled = CompileLocked(); !compiled)
      return std::unexpected(std::move(compiled.error()));
    openvino::InferRequest* made = nullptr;
    const openvino::Status status = loaded_.library->create_request(compiled_.get(), &made);
    if (status != openvino::kOk) return Failed(*loaded_.library, status);
    return Request{.request = {made, loaded_.library->free_request}, .restarts = restarts_};
  }

  void GiveBack(Request request) {
    base::MutexLock lock(mutex_);
    // One that was given up may come back late: it belongs to a compiled model that is gone.
    if (request.restarts == restarts_) requests_.push_back(std::move(request));
  }

  /// The request works on `bytes` from now on.
  openvino::Status Bind(openvino::InferRequest& request, const TensorSpec& spec,
                        std::vector<int64_t> shape, char* bytes) const {
    const OpenVinoLibrary& library = *loaded_.library;
    openvino::Tensor* made = nullptr;
    openvino::Status status = library.wrap_memory(
        NumberOf(spec.type), {.rank = std::ssize(shape), .dims = shape.data()}, bytes, &made);
    if (status != openvino::kOk) return status;
    status = library.set_tensor(&request, spec.name.c_str(), made);
    library.free_tensor(made);
    return status;
  }

  /// Where the request has put the output of this name; null: it cannot say.
  const void* DataOf(const openvino::InferRequest& request, const std::string& name) const {
    const OpenVinoLibrary& library = *loaded_.library;
    openvino::Tensor* given = nullptr;
    if (library.get_tensor(&request, name.c_str(), &given) != openvino::kOk) return nullptr;
    void* data = nullptr;
    const openvino::Status status = library.data_of_tensor(given, &data);
    library.free_tensor(given);
    return status == openvino::kOk ? data : nullptr;
  }

  std::expected<std::vector<Tensor>, BatchFailure> Run(openvino::InferRequest& request,
                                                       std::span<const Tensor> inputs) const {
    const OpenVinoLibrary& library = *loaded_.library;
    const int64_t batch = inputs.front().shape.front();
    for (size_t k = 0; k < inputs.size(); ++k) {
      // The engine reads inputs and never writes to them.
      auto* const bytes = const_cast<char*>(inputs[k].bytes.data());
      const TensorSpec& spec = description_.inputs[k];
      const openvino::Status status = Bind(request, spec, ShapeOf(spec, batch), bytes);
      if (status != openvino::kOk) return Failed(library, status);
    }
    std::vector<Tensor> outputs;
    for (const TensorSpec& spec : description_.outputs) {
      Tensor output{.name = spec.name, .type = spec.type, .shape = ShapeOf(spec, batch)};
      output.bytes.resize(BytesOf(output.shape, spec.type));
      for (size_t at = 0; spec.type == ElementType::kFloat32 && at < output.bytes.size();
           at += sizeof kUnwritten) {
        std::memcpy(output.bytes.data() + at, &kUnwritten, sizeof kUnwritten);
      }
      outputs.push_back(std::move(output));
    }
    for (size_t k = 0; k < outputs.size(); ++k) {
      const openvino::Status status =
          Bind(request, description_.outputs[k], outputs[k].shape, outputs[k].bytes.data());
      if (status != openvino::kOk) return Failed(library, status);
    }
    if (const openvino::Status status = library.infer(&request); status != openvino::kOk)
      return Failed(library, status);
    for (const Tensor& output : outputs) {
      if (DataOf(request, output.name) != output.bytes.data()) {
        return Failed(
            FailureClass::kBadResponse,
            fmt::format("output '{}' has another shape than model.json says", output.name));
      }
      if (output.type != ElementType::kFloat32) continue;
      if (auto failure = CheckFloats(output)) return std::unexpected(std::move(*failure));
    }
    return outputs;
  }

  const Loaded loaded_;
  const std::string threads_;  // as the engine takes numbers
  const std::string streams_;
  const contracts::ModelDescription description_;
  base::Mutex mutex_;
  OpenVinoOwned<openvino::CompiledModel> compiled_ GUARDED_BY(mutex_);
  int restarts_ GUARDED_BY(mutex_) = 0;
  std::vector<Request> requests_ GUARDED_BY(mutex_);
};

/// "[?,3]", as OpenVINO writes it.
std::string TextOf(std::span<const openvino::Dimension> shape) {
  std::string text;
  for (const openvino::Dimension& one : shape) {
    if (!text.empty()) text += ',';
    if (one.min == one.max)
      text += std::to_string(one.min);
    else if (one.min <= 0 && one.max < 0)
      text += '?';
    else
      text += fmt::format("{}..{}", one.min, one.max < 0 ? "" : std::to_string(one.max));
  }
  return '[' + text + ']';
}

/// What differs between one tensor of the graph and model.json; none: nothing.
std::optional<std::string> Difference(const OpenVinoLibrary& library, const openvino::Port& port,
                                      const TensorSpec& spec) {
  openvino::ElementNumber type = 0;
  if (const auto status = library.element_of_port(&port, &type); status != openvino::kOk)
    return fmt::format("'{}': {}", spec.name, library.Reason(status));
  if (type != NumberOf(spec.type)) {
    return fmt::format("'{}': type is {} in the graph, {} in model.json", spec.name, NameOf(type),
                       contracts::ElementTypeName(spec.type));
  }
  std::vector<openvino::Dimension> wanted;
  for (size_t k = 0; k < spec.shape.size(); ++k) {
    const int64_t size = spec.shape[k];
    if (k > 0 && size < 0)
      return fmt::format("'{}': only the first dimension, the batch, may be of any size",
                         spec.name);
    wanted.push_back(size < 0 ? openvino::Dimension{.min = 0, .max = -1}
                              : openvino::Dimension{.min = size, .max = size});
  }
  openvino::PartialShape shape{};
  if (const auto status = library.shape_of_port(&port, &shape); status != openvino::kOk)
    return fmt::format("'{}': {}", spec.name, library.Reason(status));
  const bool any_rank = shape.rank.min != shape.rank.max;
  const std::vector<openvino::Dimension> found(
      shape.dims, shape.dims + (any_rank || shape.dims == nullptr ? 0 : shape.rank.min));
  library.free_partial_shape(&shape);
  const auto same = [](const openvino::Dimension& one, const openvino::Dimension& other) {
    return one.min == other.min && one.max == other.max;
  };
  if (!any_rank && std::ranges::equal(found, wanted, same)) return std::nullopt;
  return fmt::format("'{}': shape is {} in the graph, {} in model.json", spec.name,
                     any_rank ? "[...]" : TextOf(found), TextOf(wanted));
}

/// The same of all inputs, or all outputs.
std::optional<std::string> Difference(const OpenVinoLibrary& library, const openvino::Graph& graph,
                                      openvino::Status (*count)(const openvino::Graph*, size_t*),
                                      openvino::Status (*find)(const openvino::Graph*, const char*,
                                                               openvino::Port**),
                                      const std::vector<TensorSpec>& specs) {
  size_t ports = 0;
  if (const auto status = count(&graph, &ports); status != openvino::kOk)
    return library.Reason(status);
  if (ports != specs.size())
    return fmt::format("the graph has {} of them, model.json {}", ports, specs.size());
  for (const TensorSpec& spec : specs) {
    openvino::Port* found = nullptr;
    if (find(&graph, spec.name.c_str(), &found) != openvino::kOk)
      return fmt::format("'{}': the graph has none of that name", spec.name);
    const OpenVinoOwned<openvino::Port> port(found, library.free_port);
    if (auto difference = Difference(library, *port, spec)) return difference;
  }
  return std::nullopt;
}

/// Foreign errors of loading a model become codes here.
std::unexpected<base::Error> CannotLoad(const BatchFailure& failure, const ModelFolder& folder) {
  if (failure.failure == FailureClass::kHostMemory) {
    return base::Fail(base::Code::kOutOfMemory, "no memory to load it", folder.path.string());
  }
  return base::Fail(base::Code::kCorrupt,
                    fmt::format("OpenVINO cannot load it: {}", failure.evidence),
                    folder.graph().string());
}

std::string EngineName(const OpenVinoLibrary& library) { return "openvino " + library.version; }

}  // namespace

base::Result<std::string> OpenVinoEngine(const std::vector<std::filesystem::path>& folders) {
  const auto library = LoadOpenVino(folders);
  if (!library) return std::unexpected(library.error());
  return EngineName(**library);
}

base::Result<std::unique_ptr<Model>> OpenOpenVino(const ModelFolder& folder,
                                                  const OpenVinoOptions& options) {
  auto library = LoadOpenVino(options.engines);
  if (!library) return std::unexpected(library.error());
  return OpenOpenVino(std::move(*library), folder, options);
}

base::Result<std::unique_ptr<Model>> OpenOpenVino(std::shared_ptr<const OpenVinoLibrary> library,
                                                  const ModelFolder& folder,
                                                  const OpenVinoOptions& options) try {
  const auto files_digest = CheckFiles(folder);
  if (!files_digest) return std::unexpected(files_digest.error());
  const OpenVinoLibrary& engine = *library;
  openvino::Core* core = nullptr;
  if (const auto status = engine.create_core(&core); status != openvino::kOk)
    return CannotLoad(Failed(engine, status).error(), folder);
  OpenVinoOwned<openvino::Core> core_owned(core, engine.free_core);
  openvino::Graph* graph = nullptr;
  if (const auto status = engine.read_graph(core, folder.graph().c_str(), nullptr, &graph);
      status != openvino::kOk) {
    return CannotLoad(Failed(engine, status).error(), folder);
  }
  OpenVinoOwned<openvino::Graph> graph_owned(graph, engine.free_graph);
  for (const auto& [kind, difference] :
       {std::pair("inputs", Difference(engine, *graph, engine.count_inputs, engine.find_input,
                                       folder.description.inputs)),
        std::pair("outputs", Difference(engine, *graph, engine.count_outputs, engine.find_output,
                                        folder.description.outputs))}) {
    if (difference)
      return base::Fail(base::Code::kContract, *difference,
                        fmt::format("{}: {}", folder.graph().string(), kind));
  }
  contracts::ModelDescription description = folder.description;
  description.used.runtime = "inprocess";
  description.used.engine = EngineName(engine);
  description.used.device = "cpu";
  description.used.files_digest = *files_digest;
  auto model =
      std::make_unique<OpenVinoModel>(OpenVinoModel::Loaded{.library = std::move(library),
                                                            .core = std::move(core_owned),
                                                            .graph = std::move(graph_owned)},
                                      options, std::move(description));
  if (auto compiled = model->Compile(); !compiled) return CannotLoad(compiled.error(), folder);
  return model;
} catch (const std::bad_alloc&) {
  return CannotLoad({.failure = FailureClass::kHostMemory, .evidence = "std::bad_alloc"}, folder);
}

}  // namespace reelbatch::inference
