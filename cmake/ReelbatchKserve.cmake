# The Triton client needs gRPC. Where it is not, the program builds without: REELBATCH_GRPC says which.
# Debian's packages bring no CMake config for gRPC, only pkg-config.
find_package(Protobuf QUIET)
pkg_check_modules(REELBATCH_GRPCPP QUIET IMPORTED_TARGET grpc++)
find_program(REELBATCH_GRPC_PLUGIN grpc_cpp_plugin)
if(Protobuf_FOUND AND Protobuf_PROTOC_EXECUTABLE AND REELBATCH_GRPCPP_FOUND AND REELBATCH_GRPC_PLUGIN)
  option(REELBATCH_GRPC "Build the client of model servers (Triton)" ON)
else()
  set(REELBATCH_GRPC OFF)
  message(STATUS "No gRPC: models cannot be served. Install libgrpc++-dev libprotobuf-dev protobuf-compiler protobuf-compiler-grpc.")
endif()
if(REELBATCH_GRPC)
  list(APPEND REELBATCH_PACKAGES Protobuf)
  list(APPEND REELBATCH_PACKAGE_MODULES protobuf)
  list(APPEND REELBATCH_MODULES "GRPCPP grpc++")
endif()

# reelbatch_kserve(PROTO): the library of that name, from our own .proto, without our warnings.
function(reelbatch_kserve proto)
  cmake_path(GET proto STEM stem)
  cmake_path(GET proto PARENT_PATH folder)
  set(made "${PROJECT_BINARY_DIR}/kserve")
  set(code "${made}/${stem}.pb.cc" "${made}/${stem}.grpc.pb.cc")
  add_custom_command(
    OUTPUT ${code} "${made}/${stem}.pb.h" "${made}/${stem}.grpc.pb.h"
    COMMAND "${CMAKE_COMMAND}" -E make_directory "${made}"
    COMMAND "${Protobuf_PROTOC_EXECUTABLE}" "-I${folder}" "--cpp_out=${made}" "--grpc_out=${made}"
      "--plugin=protoc-gen-grpc=${REELBATCH_GRPC_PLUGIN}" "${proto}"
    DEPENDS "${proto}" VERBATIM)
  add_library(reelbatch_kserve STATIC ${code})
  target_include_directories(reelbatch_kserve SYSTEM INTERFACE "${made}")
  target_link_libraries(reelbatch_kserve PUBLIC PkgConfig::REELBATCH_GRPCPP protobuf::libprotobuf)
  reelbatch_speed(reelbatch_kserve COLD)
  if(REELBATCH_SANITIZE)
    target_compile_options(reelbatch_kserve PRIVATE -fsanitize=${REELBATCH_SANITIZE} -fno-omit-frame-pointer)
  endif()
  set_target_properties(reelbatch_kserve PROPERTIES CXX_CLANG_TIDY "" COMPILE_WARNING_AS_ERROR OFF)
endfunction()
