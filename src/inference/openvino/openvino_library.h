#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"

namespace reelbatch::inference {

/// OpenVINO's C interface, as its documentation states it. We declare it ourselves, so the build
/// needs no header of OpenVINO. We use the opaque types only through pointers.
/// Source: the C API reference of OpenVINO 2025.1.
namespace openvino {

using Status = int;
inline constexpr Status kOk = 0;
/// The status of an exception that is not one of OpenVINO's own.
inline constexpr Status kUnknownException = -17;

using ElementNumber = unsigned int;  // ov_element_type_e, with the numbers of version 2025.1
inline constexpr ElementNumber kF32 = 4;
inline constexpr ElementNumber kI32 = 9;
inline constexpr ElementNumber kI64 = 10;
inline constexpr ElementNumber kU8 = 16;

struct Core;
struct Graph;          // ov_model_t
struct CompiledModel;  // it owns the memory that batches use
struct InferRequest;
struct Port;  // ov_output_const_port_t: an input or output of a graph
struct Tensor;

struct Version {
  const char* build_number;  // "2026.4.1-22184-...": release, build, commit
  const char* description;
};
struct Shape {
  int64_t rank;
  int64_t* dims;
};
struct Dimension {
  int64_t min;
  int64_t max;  // inclusive; -1: no bound
};
struct PartialShape {
  Dimension rank;
  Dimension* dims;
};

}  // namespace openvino

/// An object that we own, with the function that frees it.
template <class Type>
using OpenVinoOwned = std::unique_ptr<Type, void (*)(Type*)>;

/// The functions of one libopenvino_c.so that we call. Each function returns a status, and writes
/// what it makes through its last pointer. If a file is loaded twice, the second call gives the
/// same library. The library is never unloaded, because its threads and plugins may go on running.
/// Threads: any, side by side.
struct OpenVinoLibrary {
  std::string file;     // the name with which it was loaded
  std::string version;  // "2026.4.1"

  openvino::Status (*get_version)(openvino::Version*) = nullptr;
  void (*free_version)(openvino::Version*) = nullptr;
  const char* (*last_error)() = nullptr;  // the caller frees the text with free_text
  const char* (*status_text)(openvino::Status) = nullptr;
  void (*free_text)(const char*) = nullptr;

  openvino::Status (*create_core)(openvino::Core**) = nullptr;
  void (*free_core)(openvino::Core*) = nullptr;
  openvino::Status (*read_graph)(const openvino::Core*, const char* xml, const char* bin,
                                 openvino::Graph**) = nullptr;
  /// After the pointer for the result follow `words` texts: the name of a property, its value, the
  /// name of the next property, and so on.
  openvino::Status (*compile)(const openvino::Core*, const openvino::Graph*, const char* device,
                              size_t words, openvino::CompiledModel**, ...) = nullptr;

  void (*free_graph)(openvino::Graph*) = nullptr;
  openvino::Status (*count_inputs)(const openvino::Graph*, size_t*) = nullptr;
  openvino::Status (*count_outputs)(const openvino::Graph*, size_t*) = nullptr;
  openvino::Status (*find_input)(const openvino::Graph*, const char* name,
                                 openvino::Port**) = nullptr;
  openvino::Status (*find_output)(const openvino::Graph*, const char* name,
                                  openvino::Port**) = nullptr;
  void (*free_port)(openvino::Port*) = nullptr;
  openvino::Status (*element_of_port)(const openvino::Port*, openvino::ElementNumber*) = nullptr;
  openvino::Status (*shape_of_port)(const openvino::Port*, openvino::PartialShape*) = nullptr;
  void (*free_partial_shape)(openvino::PartialShape*) = nullptr;

  void (*free_compiled)(openvino::CompiledModel*) = nullptr;
  openvino::Status (*create_request)(const openvino::CompiledModel*,
                                     openvino::InferRequest**) = nullptr;
  void (*free_request)(openvino::InferRequest*) = nullptr;
  openvino::Status (*set_tensor)(openvino::InferRequest*, const char* name,
                                 const openvino::Tensor*) = nullptr;
  openvino::Status (*get_tensor)(const openvino::InferRequest*, const char* name,
                                 openvino::Tensor**) = nullptr;
  openvino::Status (*infer)(openvino::InferRequest*) = nullptr;

  /// Makes a tensor over memory that the caller owns and that must live longer than the tensor.
  openvino::Status (*wrap_memory)(openvino::ElementNumber, openvino::Shape, void*,
                                  openvino::Tensor**) = nullptr;
  openvino::Status (*data_of_tensor)(const openvino::Tensor*, void**) = nullptr;
  openvino::Status (*bytes_of_tensor)(const openvino::Tensor*, size_t*) = nullptr;
  void (*free_tensor)(openvino::Tensor*) = nullptr;

  /// The library's message about the last call that failed in any thread, or, if there is none, the
  /// meaning of `status`.
  std::string Reason(openvino::Status status) const;
};

/// Loads the library that `reelbatch models fetch` has put into the first of `folders` (folders of
/// models) that has one. If none has one, it loads `libopenvino_c.so` from where the system looks
/// for libraries. Threads: any, side by side.
/// Errors: unavailable  there is no library, or none that is new enough and complete; the message
///                      names every file that was tried, what is wrong with it, and the command
///                      that fetches a library
base::Result<std::shared_ptr<const OpenVinoLibrary>> LoadOpenVino(
    const std::vector<std::filesystem::path>& folders);

/// Loads one file, for tests.
/// Errors: unavailable  it cannot be loaded, lacks a function, or is too old
base::Result<std::shared_ptr<const OpenVinoLibrary>> LoadOpenVinoFile(const std::string& file);

}  // namespace reelbatch::inference
